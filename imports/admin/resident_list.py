"""The list of residents, of one delivery or of a segment of the current picture: no sort and no scan beyond what a page
needs."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import InvalidPage, Page, Paginator
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property
from unfold.views import ChangeList
from unfold.widgets import INPUT_CLASSES

from config.common.http.callers import acting
from imports.admin.access import open_delivery
from imports.admin.resident_search import ASKED, Search, search_in
from imports.models import Citizen, Import
from imports.querysets import CitizenQuerySet
from imports.services.residents.find_in_delivery import AT_MOST, matching_residents
from imports.services.residents.find_in_segment import residents_of_segment

# So deep one can turn the pages of everybody; whoever looks for somebody asks.
DEEPEST = 10_000
_OFFERED = 20


class FoundPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Pages of what one statement found: it gives the keys, up to `AT_MOST`, and a page reads its rows by them."""

    # The order of the keys, where somebody asked for one and all are here.
    ordering: tuple[Any, ...] = ()

    @cached_property
    def keys(self) -> list[int]:
        """The primary keys of the rows that were found."""
        found: Any = self.object_list
        keys = list(found.values_list("pk", flat=True)[:AT_MOST])
        if self.ordering and len(keys) < AT_MOST:
            keys = list(Citizen.objects.filter(pk__in=keys).order_by(*self.ordering).values_list("pk", flat=True))
        return keys

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    @cached_property
    def total(self) -> int:
        """How many there are, also beyond `AT_MOST`."""
        found: Any = self.object_list
        return self.count if self.count < AT_MOST else int(found.order_by().count())

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

    @property
    def total(self) -> int:
        """How many there are."""
        return self.known_count


class ResidentChangeList(ChangeList):  # type: ignore[misc]  # django-unfold has no types
    """Lists the delivery, or the segment of the picture, that the address names; without one it lists nobody, and
    offers deliveries."""

    delivery: Import | None = None
    total = 0
    # Where somebody asked for one; it holds for a list that is not long.
    ordering: tuple[Any, ...] = ()
    search: Search = search_in(QueryDict())

    def get_filters_params(self, params: Any = None) -> Any:
        """Without ours, which stay in the addresses of pages."""
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in ASKED}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> CitizenQuerySet:
        super().get_queryset(request, exclude_parameters)
        self.search = search = search_in(request.GET)
        if search.is_nonsense:
            return Citizen.objects.none()
        if search.is_of_picture:
            return residents_of_segment(asked=search.segment, wanted=search.wanted, actor=acting(request))
        self.delivery = open_delivery(request, search.delivery)
        if self.delivery is None or self.delivery.status != Import.Status.COMPLETE:
            self.delivery = None
            return Citizen.objects.none()
        return matching_residents(import_id=self.delivery.pk, wanted=search.wanted)

    def get_results(self, request: HttpRequest) -> None:
        self.paginator = self._paginator(request)
        try:
            self.result_list = self.paginator.page(self.page_num).object_list
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
        self.result_count, self.total = self.paginator.count, self.paginator.total
        if self.is_long:
            # A million in another order are a million read and sorted, for each page.
            self.sortable_by = ()
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.full_result_count = self.result_count
        self.can_show_all, self.multi_page = False, self.result_count > self.list_per_page

    def _paginator(self, request: HttpRequest) -> Any:
        if ORDER_VAR in request.GET:
            self.ordering = tuple(self.get_ordering(request, Citizen.objects.all()))
        if not self.search.is_of_picture and self.search.wanted.is_everybody and not self.ordering:
            everybody = EverybodyPaginator(self.queryset, self.list_per_page)
            everybody.known_count = self.delivery.citizen_count if self.delivery else 0
            return everybody
        found = FoundPaginator(self.queryset, self.list_per_page)
        found.ordering = self.ordering
        return found

    @property
    def is_long(self) -> bool:
        """Whether there are too many to be sorted."""
        return bool(self.total >= AT_MOST)

    @property
    def is_cut(self) -> bool:
        """Whether there are more than can be reached."""
        return bool(self.total > self.result_count)

    def offered(self, request: HttpRequest) -> list[Import]:
        """The latest deliveries to choose from."""
        if self.delivery is not None or self.search.is_of_picture:
            return []
        open_ones = Import.objects.whose_citizens_are_open_to(acting(request))
        return list(open_ones.filter(status=Import.Status.COMPLETE).order_by("-id")[:_OFFERED])

    @property
    def input_classes(self) -> str:
        """As all fields of the admin look."""
        return " ".join(INPUT_CLASSES)


def first_page(request: HttpRequest) -> str:
    """The address of the first page of the same question: where a page leads that is not there."""
    kept = QueryDict(mutable=True)
    for name in ASKED:
        if name in request.GET:
            kept.setlist(name, request.GET.getlist(name))
    return f"{request.path}?{kept.urlencode()}"
