"""The list of the residents of one delivery: no count, no sort and no scan beyond what a page needs."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import InvalidPage, Page, Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.views import ChangeList
from unfold.widgets import INPUT_CLASSES

from config.common.http.callers import acting
from imports.admin.access import open_delivery
from imports.models import Citizen, Import
from imports.querysets import CitizenQuerySet
from imports.services.residents.find_in_delivery import AT_MOST, Wanted, matching_residents

CHOSEN = "delivery__id__exact"
OWN = (CHOSEN, "who", "town", "channel")
# So deep one can turn the pages of everybody; whoever looks for somebody asks.
DEEPEST = 10_000
_OFFERED = 20


class FoundPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Pages of what one statement found: it gives the keys, up to `AT_MOST`, and a page reads its rows by them."""

    @cached_property
    def keys(self) -> list[int]:
        """The primary keys of the rows that were found."""
        found: Any = self.object_list
        return list(found.values_list("pk", flat=True)[:AT_MOST])

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        keys = self.keys[(number - 1) * self.per_page : number * self.per_page]
        rows = Citizen.objects.in_bulk(keys)
        return Page([rows[key] for key in keys if key in rows], number, self)


class EverybodyPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Pages of a delivery that knows how many residents it has."""

    known_count = 0

    @property
    def count(self) -> int:
        """As many as can be reached."""
        return min(self.known_count, DEEPEST)


class ResidentChangeList(ChangeList):  # type: ignore[misc]  # django-unfold has no types
    """Lists the delivery that the address names; without one it lists nobody, and offers deliveries."""

    delivery: Import | None = None
    # The number that was asked for, also where nothing is to be seen under it.
    asked_for = ""
    wanted = Wanted()

    def get_filters_params(self, params: Any = None) -> Any:
        """Without ours, which stay in the addresses of pages."""
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in OWN}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> CitizenQuerySet:
        super().get_queryset(request, exclude_parameters)
        asked = {name: request.GET.get(name, "").replace("\0", "") for name in OWN}
        self.asked_for = asked.pop(CHOSEN)
        self.delivery = open_delivery(request, self.asked_for)
        self.wanted = Wanted(**{name: value.strip() if name == "who" else value for name, value in asked.items()})
        if self.delivery is None or self.delivery.status != Import.Status.COMPLETE:
            self.delivery = None
            return Citizen.objects.none()
        return matching_residents(import_id=self.delivery.pk, wanted=self.wanted)

    def get_results(self, request: HttpRequest) -> None:
        paginator: Paginator[Any]
        if self.wanted.is_everybody:
            paginator = EverybodyPaginator(self.queryset, self.list_per_page)
            paginator.known_count = self.delivery.citizen_count if self.delivery else 0
        else:
            paginator = FoundPaginator(self.queryset, self.list_per_page)
        try:
            self.result_list = paginator.page(self.page_num).object_list
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
        self.result_count = paginator.count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.full_result_count = self.result_count
        self.can_show_all, self.multi_page = False, self.result_count > self.list_per_page
        self.paginator = paginator

    @property
    def is_cut(self) -> bool:
        """Whether there are more than can be reached."""
        if self.wanted.is_everybody:
            return self.delivery is not None and self.delivery.citizen_count > DEEPEST
        return bool(self.result_count >= AT_MOST)

    def offered(self, request: HttpRequest) -> list[Import]:
        """The latest deliveries to choose from."""
        if self.delivery is not None:
            return []
        open_ones = Import.objects.whose_citizens_are_open_to(acting(request))
        return list(open_ones.filter(status=Import.Status.COMPLETE).order_by("-id")[:_OFFERED])

    @property
    def search_inputs(self) -> list[tuple[str, str, str]]:
        """The fields of the form above the list: name, label, what was asked."""
        wanted = self.wanted
        return [
            ("who", "Name begins with, or id", wanted.who),
            ("town", "Town begins with", wanted.town),
            ("channel", "Channel", wanted.channel),
        ]

    @property
    def input_classes(self) -> str:
        """As all fields of the admin look."""
        return " ".join(INPUT_CLASSES)


def first_page(request: HttpRequest) -> str:
    """The address of the first page of the same delivery and question: where a page leads that is not there."""
    kept = {name: request.GET[name] for name in OWN if name in request.GET}
    return f"{request.path}?{urlencode(kept)}"
