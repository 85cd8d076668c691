"""Filters of the admin's lists: several values at once, and a part of a name as people type it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.admin.filters import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import CheckboxFilter, MultipleDropdownFilter, TextFilter

from config.common.folding import fold

# No row has a value of this name: names are no punctuation.
UNKNOWN = "-"


class PartFilter(TextFilter):  # type: ignore[misc]  # django-unfold has no types
    """Rows in whose `column` the words stand, both folded; several with commas between, of which any will do."""

    column: ClassVar[str]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        parts = list(parts_of(self.value() or ""))
        if not parts:
            return queryset
        return queryset.filter(Q(*((f"{self.column}__folded", part) for part in parts), _connector=Q.OR))


def parts_of(text: str) -> Iterator[str]:
    """Each of the words between commas that says anything."""
    return (part.strip() for part in text.split(",") if fold(part))


class _AnyOf(SimpleListFilter):
    """Rows whose `column` has any of the chosen values; `UNKNOWN` stands for none."""

    column: ClassVar[str]
    parameter_name: str
    used_parameters: dict[str, Any]

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        if self.parameter_name in request.GET:
            self.used_parameters[self.parameter_name] = request.GET.getlist(self.parameter_name)

    def value(self) -> Any:
        """The chosen ones. While a list counts how many rows each would leave, that one."""
        chosen = self.used_parameters.get(self.parameter_name, [])
        return [chosen] if isinstance(chosen, str) else chosen

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = set(self.value())
        if not chosen:
            return queryset
        wanted = Q((f"{self.column}__in", chosen - {UNKNOWN}))
        return queryset.filter(wanted | Q((self.column, None)) if UNKNOWN in chosen else wanted)


class ColumnCheckboxFilter(_AnyOf, CheckboxFilter):  # type: ignore[misc]  # django-unfold has no types
    """The few values that a column has, as boxes."""


class ColumnDropdownFilter(_AnyOf, MultipleDropdownFilter):  # type: ignore[misc]  # django-unfold has no types
    """Many values, as a list in which one types."""
