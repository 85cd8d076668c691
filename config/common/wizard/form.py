"""Which column is which: a choice for each column of a file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminSelectWidget

from config.common.wizard.services.columns import header_hash

# More of them are no table that somebody filled in.
MOST_COLUMNS = 100
_EXAMPLES = 3


class ColumnsForm(forms.Form):
    """A choice for each of the columns called `names`: one of `fields`, by the name that people read, or not used.

    `needed` are the fields that must have a column; `guess` is chosen where nothing is said.
    """

    header = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        fields: Mapping[str, Any],
        needed: Collection[str],
        guess: Sequence[str],
    ) -> None:
        hashed = header_hash(names)
        # What was chosen for the columns of another header says nothing of these.
        self.is_stale = data is not None and data.get("header") != hashed
        super().__init__(None if self.is_stale else data, initial={"header": hashed})
        self._names, self._rows, self._labels, self._needed = names, rows, fields, needed
        choices = [
            ("", gettext("not used")),
            *((name, f"{label} *" if name in needed else label) for name, label in fields.items()),
        ]
        for place, name in enumerate(names):
            self.fields[_key(place)] = forms.ChoiceField(
                label=_called(name, place),
                required=False,
                choices=choices,
                initial=guess[place],
                widget=UnfoldAdminSelectWidget(
                    attrs={"aria-label": gettext("What %(column)s is") % {"column": _called(name, place)}}
                ),
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The field of each column, as chosen, or as guessed where the form was not sent."""
        if self.is_bound:
            return tuple(self.cleaned_data.get(_key(place), "") for place in range(len(self._names)))
        return tuple(str(self.fields[_key(place)].initial) for place in range(len(self._names)))

    def clean(self) -> dict[str, Any]:
        """Raises `ValidationError` where a field has two columns, or one that is needed none."""
        errors = problems_of(self.columns, labels=self._labels, needed=self._needed)
        if errors:
            raise forms.ValidationError(errors)
        return self.cleaned_data

    def choices(self) -> Iterator[tuple[forms.BoundField, list[str]]]:
        """The choice of each column, with what stands in its first rows."""
        for place in range(len(self._names)):
            cells = [row[place] for row in self._rows if place < len(row) and row[place].strip()]
            yield self[_key(place)], cells[:_EXAMPLES]


def problems_of(columns: Sequence[str], *, labels: Mapping[str, Any], needed: Collection[str]) -> list[str]:
    """What is wrong with a choice of columns, in sentences."""
    twice = [str(labels[name]) for name in labels if columns.count(name) > 1]
    absent = [str(labels[name]) for name in labels if name in needed and name not in columns]
    sentences = [gettext("Two columns are said to be %(field)s.") % {"field": label} for label in twice]
    lacking = gettext("No column is said to be %(fields)s.") % {"fields": ", ".join(absent)}
    return [*sentences, lacking] if absent else sentences


def _question(name: str, place: int) -> str:
    return gettext("What %(column)s is") % {"column": _called(name, place)}


def _called(name: str, place: int) -> str:
    return name or gettext("column %(number)s") % {"number": place + 1}


def _key(place: int) -> str:
    return f"column_{place}"
