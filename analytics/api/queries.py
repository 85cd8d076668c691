"""The query parameters of analytics."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from analytics.services.asking.questions import DEFAULT_GROUPING, DIMENSIONS, GROUPABLE, MEASURES, Question
from analytics.services.asking.scopes import known_age_groups
from config.common.digits import MAX_INTEGER
from config.common.http.pagination import PageQuery
from imports.fields import MAX_CHANNEL, MAX_TEXT
from imports.models import Citizen

_MAX_SOURCE = 64
_SEVERAL = "Repeat the parameter for several."


class NamesParameter(serializers.CharField):
    """Some of the names in `choices` with commas between them, each once; with `signed` after an optional `-`."""

    def __init__(self, choices: Sequence[str], *, signed: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._choices = choices
        self._signed = signed

    def to_internal_value(self, data: Any) -> Any:
        names = tuple(super().to_internal_value(data).split(","))
        plain = [name.removeprefix("-") if self._signed else name for name in names]
        if len(set(plain)) < len(plain) or not set(plain) <= set(self._choices):
            raise serializers.ValidationError(
                f"Choose among {', '.join(self._choices)}, each once.", code="invalid_choice"
            )
        return names


def _texts(longest: int, help_text: str) -> serializers.ListField:
    text = serializers.CharField(max_length=longest, trim_whitespace=False)
    return serializers.ListField(child=text, required=False, default=list, help_text=f"{help_text} {_SEVERAL}")


def _ordering(keys: Sequence[str], default: str) -> NamesParameter:
    names = (*keys, *MEASURES)
    text = f"By {', '.join(names)}; several with commas; `-` before one for descending. Ties by the keys. {default}"
    return NamesParameter(names, signed=True, required=False, default=(), help_text=text)


def _typed(label: str, known: set[str]) -> str:
    """The label that was meant: a `+` that is typed into an address arrives as a space."""
    plain = label.strip()
    return f"{plain}+" if label == f"{plain} " and f"{plain}+" in known else plain


class SegmentQuery(PageQuery):
    """Which segments are counted."""

    town = _texts(MAX_TEXT, "As the deliveries write it.")
    age_group = _texts(16, "As `25-34` or `65+`.")
    channel = _texts(MAX_CHANNEL, "As the deliveries write it.")
    gender = serializers.ListField(
        child=serializers.ChoiceField(choices=Citizen.Gender.choices),
        required=False,
        default=list,
        help_text=_SEVERAL,
    )
    source = _texts(_MAX_SOURCE, "Who supplied the deliveries.")  # type: ignore[assignment]  # the base has one too

    def validate_age_group(self, value: Sequence[str]) -> Sequence[str]:
        """Raises `ValidationError` for what was never an age group here."""
        known = known_age_groups() if value else set()
        value = [_typed(label, known) for label in value]
        if not set(value) <= known:
            choices = ", ".join(sorted(known, key=lambda label: int(label.rstrip("+").partition("-")[0])))
            raise serializers.ValidationError(f"Choose among {choices}.", code="invalid_choice")
        return value


class _RowQuery(SegmentQuery):
    import_id = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_INTEGER,
        help_text=(
            "Any complete import instead of the current picture: ages are of today when it is its source's last one, "
            "else of its own date; `meta.as_of` says which."
        ),
    )
    min_residents = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_INTEGER, help_text="Only rows of at least so many."
    )


class DemandQuery(_RowQuery):
    """What to group by, filters, order and page of demand."""

    group_by = NamesParameter(
        GROUPABLE,
        required=False,
        default=DEFAULT_GROUPING,
        help_text=f"Some of {', '.join(GROUPABLE)} with commas between them. Default: {','.join(DEFAULT_GROUPING)}.",
    )
    ordering = _ordering(GROUPABLE, "Default: -courses; of opportunities -index_low.")

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        ordering = {name.removeprefix("-") for name in attrs["ordering"]}
        if not ordering <= {*attrs["group_by"], *MEASURES}:
            error = serializers.ErrorDetail("Order by keys that the rows are grouped by.", code="not_grouped")
            raise serializers.ValidationError({"ordering": error})
        return attrs


class CitiesQuery(_RowQuery):
    """Filters, order and page of cities."""

    ordering = _ordering(("town",), "Default: -courses.")


class TrendQuery(SegmentQuery):
    """What to group by inside each import, filters and page of the trend."""

    group_by = NamesParameter(
        DIMENSIONS,
        required=False,
        default=(),
        help_text=f"Some of {', '.join(DIMENSIONS)} with commas between them. Default: none, a row for each import.",
    )


def question_from(query: Mapping[str, Any], *, whole: bool) -> Question:
    """The question that checked parameters ask; `whole`: all rows instead of a page."""
    return Question(
        group_by=query.get("group_by", ()),
        towns=tuple(query["town"]),
        age_groups=tuple(query["age_group"]),
        channels=tuple(query["channel"]),
        genders=tuple(query["gender"]),
        sources=tuple(query["source"]),
        import_id=query.get("import_id"),
        min_residents=query.get("min_residents", 0),
        ordering=query.get("ordering", ()),
        limit=None if whole else query["limit"],
        offset=0 if whole else query["offset"],
    )
