"""The filters of the list of airports; each lives in the address of the page."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from airports.countries import all_countries
from airports.models import Airport
from config.common.staff.filters import UNKNOWN, ColumnCheckboxFilter, ColumnDropdownFilter, YesNoFilter

_KINDS = "_airport_kinds"


class CountryFilter(ColumnDropdownFilter):
    """Every country there is, from a file: no query, and each finds its airports under all of its names."""

    title = gettext_lazy("country")
    parameter_name = column = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*all_countries(get_language() or "en"), (UNKNOWN, _("(unknown)"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Airport]) -> QuerySet[Airport]:
        chosen = set(self.value())
        if not chosen:
            return queryset
        named = Q(pk__in=Airport.objects.in_country(*sorted(chosen - {UNKNOWN})).values("pk"))
        return queryset.filter(named | Q(country=None) if UNKNOWN in chosen else named)


class _KindFilter(ColumnCheckboxFilter):
    """The few values that a column has, as boxes; one query finds those of all the columns."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = {kinds[self.column] for kinds in _kinds(request)}
        return [*((kind, kind) for kind in sorted(found - {None})), (UNKNOWN, _("(unknown)"))]


def _kinds(request: HttpRequest) -> list[dict[str, Any]]:
    if not hasattr(request, _KINDS):
        setattr(request, _KINDS, list(Airport.objects.order_by().values("type", "source").distinct()))
    kinds: list[dict[str, Any]] = getattr(request, _KINDS)
    return kinds


class TypeFilter(_KindFilter):
    """What it is: an airport, a station, a port."""

    title = gettext_lazy("type")
    parameter_name = column = "type"


class SourceFilter(_KindFilter):
    """Where its data come from."""

    title = gettext_lazy("source")
    parameter_name = column = "source"


class HistoryFilter(YesNoFilter):
    """Whether anything has happened to it: its version says so without a look at the history."""

    title = gettext_lazy("history")
    parameter_name = "changed"
    states: ClassVar[dict[str, Any]] = {
        "yes": gettext_lazy("Changed since it was made"),
        "no": gettext_lazy("As it was made"),
    }

    def having(self, queryset: QuerySet[Any]) -> Q:
        return Q(version__gt=1)
