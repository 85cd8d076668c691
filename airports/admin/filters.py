"""The filters of the list of airports; each lives in the address of the page."""

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from airports.countries import all_countries
from airports.models import Airport
from airports.querysets import AirportQuerySet

_KINDS = "_airport_kinds"
# No airport is of a country, a type or a source of this name: names are no punctuation.
_UNKNOWN = "-"


class CountryFilter(DropdownFilter):  # type: ignore[misc]  # django-unfold has no types
    """Every country there is, from a file: no query, and each finds its airports under all of its names."""

    title = gettext_lazy("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*all_countries(), (_UNKNOWN, _("(unknown)"))]

    def queryset(self, request: HttpRequest, queryset: AirportQuerySet) -> QuerySet[Airport]:
        if not self.value():
            return queryset
        return queryset.filter(country=None) if self.value() == _UNKNOWN else queryset.in_country(self.value())


class _KindFilter(SimpleListFilter):
    """One of the few values that a column has; one query finds those of all the columns."""

    column: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = {kinds[self.column] for kinds in _kinds(request)}
        return [*((kind, kind) for kind in sorted(found - {None})), (_UNKNOWN, _("(unknown)"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Airport]) -> QuerySet[Airport]:
        wanted = self.value()
        return queryset.filter(**{self.column: None if wanted == _UNKNOWN else wanted}) if wanted else queryset


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


class HistoryFilter(SimpleListFilter):
    """Whether anything has happened to it: its version says so without a look at the history."""

    title = gettext_lazy("history")
    parameter_name = "changed"
    _CONDITIONS: ClassVar[dict[str | None, Q]] = {"yes": Q(version__gt=1), "no": Q(version=1)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Changed since it was made")), ("no", _("As it was made"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Airport]) -> QuerySet[Airport]:
        return queryset.filter(self._CONDITIONS.get(self.value(), Q()))
