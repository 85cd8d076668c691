"""Filters of the admin's lists: several values at once, a part of a name as people type it, and whole days."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.filters import BooleanFieldListFilter, SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import CheckboxFilter, MultipleDropdownFilter, RangeDateFilter, TextFilter
from unfold.contrib.filters.forms import CheckboxForm
from unfold.widgets import INPUT_CLASSES

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


class StatesFilter(ColumnCheckboxFilter):
    """States that no column holds, as boxes: rows that are in any of the chosen ones."""

    states: ClassVar[Mapping[str, Any]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.states.items())

    @abstractmethod
    def conditions(self, queryset: QuerySet[Any]) -> Mapping[str, Any]:
        """What rows in each of the states meet."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = [one for state, one in self.conditions(queryset).items() if state in self.value()]
        return queryset.filter(reduce(or_, chosen)) if chosen else queryset


class YesNoFilter(StatesFilter):
    """Rows that have something, or have it not."""

    states: ClassVar[Mapping[str, Any]] = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}

    @abstractmethod
    def having(self, queryset: QuerySet[Any]) -> Any:
        """The condition that those meet who have it."""

    def conditions(self, queryset: QuerySet[Any]) -> Mapping[str, Any]:
        condition = self.having(queryset)
        return {"yes": condition, "no": ~condition}


class FlagFilter(BooleanFieldListFilter):
    """Whether a column is true, as boxes."""

    template = "unfold/filters/filters_field.html"

    def choices(self, changelist: Any) -> Iterator[Any]:
        counts = self.get_facet_queryset(changelist) if changelist.add_facets else {}
        named = (("1", _("Yes"), "true__c"), ("0", _("No"), "false__c"))
        choices = [(value, f"{word} ({counts[key]})" if counts else word) for value, word, key in named]
        name: Any = self.lookup_kwarg
        label = _("By %(what)s") % {"what": self.title}
        yield {
            "form": CheckboxForm(
                name=name, label=label, choices=choices, data={name: self.used_parameters.get(name, [])}
            )
        }


class ColumnDropdownFilter(_AnyOf, MultipleDropdownFilter):  # type: ignore[misc]  # django-unfold has no types
    """Many values, as a list in which one types."""


class _DaysForm(forms.Form):
    """Two days, which the browser lets one choose in the reader's way and sends as ISO 8601, whatever the language: a
    view that is shared means the same days to everybody."""

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for end, label in (("from", _("From")), ("to", _("To"))):
            widget = forms.DateInput(attrs={"type": "date", "class": " ".join(INPUT_CLASSES)})
            self.fields[f"{name}_{end}"] = forms.DateField(label=label, required=False, widget=widget)


class DaysFilter(RangeDateFilter):  # type: ignore[misc]  # django-unfold has no types
    """Rows whose moment is on these days, the last one too, in the reader's time zone."""

    form_class = _DaysForm
    template = "admin/lists/days.html"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            try:
                day = date.fromisoformat(self.used_parameters.get(f"{self.parameter_name}_{end}", ""))
            except ValueError:
                continue
            queryset = queryset.filter((f"{self.parameter_name}__date__{lookup}", day))
        return queryset
