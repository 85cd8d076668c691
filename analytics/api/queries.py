"""The query parameters of analytics."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from airports.countries import country_name
from analytics.dimensions import DIMENSIONS
from analytics.services.asking.questions import DEFAULT_GROUPING, GROUPABLE, SORTABLE, UNPLACED, Question
from analytics.services.asking.scopes import known_age_groups
from config.common.digits import MAX_INTEGER
from config.common.http.documents import FiniteNumber
from config.common.http.pagination import PageQuery
from config.common.texts import gettext as _
from config.common.texts import said
from imports.fields import MAX_CHANNEL, MAX_TEXT
from imports.models import Citizen

_MAX_SOURCE = 64
_SEVERAL = "Repeat the parameter for several."


class NamesParameter(serializers.ListField):
    """Some of the names in `choices`, each once; with `signed` after an optional `-`.

    They stand with commas between them, or the parameter is repeated, as generated clients do it.
    """

    def __init__(self, choices: Sequence[str], *, signed: bool = False, **options: Any) -> None:
        super().__init__(child=serializers.CharField(), **options)
        self._choices = choices
        self._names = [*choices, *(f"-{name}" for name in choices if signed)]
        items = {"type": "string", "enum": self._names}
        set_override(self, "field", {"type": "array", "items": items, "uniqueItems": True})

    def to_internal_value(self, data: Any) -> Any:
        names = tuple(",".join(super().to_internal_value(data)).split(","))
        if len({name.removeprefix("-") for name in names}) < len(names) or not set(names) <= set(self._names):
            raise serializers.ValidationError(
                said(_("Choose among %(choices)s, each once.") % {"choices": ", ".join(self._choices)}),
                code="invalid_choice",
            )
        return names


def _texts(longest: int, help_text: str) -> serializers.ListField:
    text = serializers.CharField(max_length=longest, trim_whitespace=False)
    return serializers.ListField(child=text, required=False, default=list, help_text=f"{help_text} {_SEVERAL}")


def ordering_parameter(keys: Sequence[str], default: str) -> NamesParameter:
    names = (*keys, *SORTABLE)
    text = f"By {', '.join(names)}, with commas or repeated; `-` before one for descending. Ties by the keys. {default}"
    return NamesParameter(names, signed=True, required=False, default=(), help_text=text)


def _typed(label: str, known: set[str]) -> str:
    """The label that was meant: a `+` that is typed into an address arrives as a space."""
    plain = label.strip()
    return f"{plain}+" if label == f"{plain} " and f"{plain}+" in known else plain


class SegmentQuery(PageQuery):
    """Which segments are counted."""

    country = _texts(
        len(UNPLACED), f"ISO 3166-1 code of two letters in any case; `{UNPLACED}`: towns that are not placed."
    )
    city = _texts(MAX_TEXT, "Its name, in any case; of every country, unless `country` says which.")
    town = _texts(MAX_TEXT, "As the deliveries write it, in any of its spellings.")
    age_group = _texts(16, "As `25-34` or `65+`.")
    channel = _texts(MAX_CHANNEL, "By any of its names and aliases, in any spelling.")
    gender = serializers.ListField(
        child=serializers.ChoiceField(choices=Citizen.Gender.values),
        required=False,
        default=list,
        help_text=_SEVERAL,
    )
    source = _texts(_MAX_SOURCE, "Who supplied the deliveries, by any of its names and aliases.")  # type: ignore[assignment]  # the base has one too

    def validate_country(self, value: Sequence[str]) -> Sequence[str]:
        """Raises `ValidationError` for what is no country."""
        if not all(code.lower() == UNPLACED or (len(code) == 2 and country_name(code)) for code in value):
            told = _("Choose ISO 3166-1 codes of two letters, or `%(unplaced)s`.") % {"unplaced": UNPLACED}
            raise serializers.ValidationError(said(told), code="invalid_choice")
        return value

    def validate_age_group(self, value: Sequence[str]) -> Sequence[str]:
        """Raises `ValidationError` for what was never an age group here."""
        known = known_age_groups() if value else set()
        value = [_typed(label, known) for label in value]
        if not set(value) <= known:
            choices = ", ".join(sorted(known, key=lambda label: int(label.rstrip("+").partition("-")[0])))
            raise serializers.ValidationError(
                said(_("Choose among %(choices)s.") % {"choices": choices}), code="invalid_choice"
            )
        return value


class RowQuery(SegmentQuery):
    """Which segments are counted, which rows are wanted, and whom they are compared with."""

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
    index_base = serializers.ChoiceField(
        choices=["rows", "all"],
        required=False,
        default="rows",
        help_text=(
            "Whose average has the index 100: that of all `rows` after the filters, before `min_residents` and paging; "
            "or that of `all` residents of the import, the sources or the current picture, the other filters left out."
        ),
    )


class DemandQuery(RowQuery):
    """What to group by, filters, order and page of demand."""

    group_by = NamesParameter(
        GROUPABLE,
        required=False,
        default=DEFAULT_GROUPING,
        help_text=(
            f"Some of {', '.join(GROUPABLE)}, with commas or repeated. Rows by `city` have its `country` too, for a "
            "city is both; a town that is not placed is a city of its own name."
        ),
    )
    ordering = ordering_parameter(GROUPABLE, "Default: -courses; of opportunities -expected_low.")

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        ordering = {name.removeprefix("-") for name in attrs["ordering"]}
        if not ordering <= {*Question(group_by=attrs["group_by"]).columns, *SORTABLE}:
            error = serializers.ErrorDetail(said(_("Order by keys that the rows are grouped by.")), code="not_grouped")
            raise serializers.ValidationError({"ordering": error})
        return attrs


class OpportunitiesQuery(DemandQuery):
    """The same of opportunities, and how much of what is expected may be a segment's own."""

    max_own_share = FiniteNumber(
        required=False,
        min_value=0,
        max_value=1,
        help_text=(
            "Only rows with so much `own_share` at most: look-alikes, segments with few residents of their own, of "
            "which the model predicts what can be expected. With `ordering=-expected_index` the most promising first."
        ),
    )


class CitiesQuery(RowQuery):
    """Filters, order and page of cities."""

    ordering = ordering_parameter(("city", "country"), "Default: -courses.")


class TrendQuery(SegmentQuery):
    """What to group by inside each import, filters and page of the trend."""

    group_by = NamesParameter(
        DIMENSIONS,
        required=False,
        default=(),
        help_text=f"Some of {', '.join(DIMENSIONS)}, with commas or repeated. Default: none, a row for each import.",
    )


def question_from(query: Mapping[str, Any], *, whole: bool) -> Question:
    """The question that checked parameters ask; `whole`: all rows instead of a page."""
    return Question(
        group_by=query.get("group_by", ()),
        countries=tuple(query["country"]),
        cities=tuple(query["city"]),
        towns=tuple(query["town"]),
        age_groups=tuple(query["age_group"]),
        channels=tuple(query["channel"]),
        genders=tuple(query["gender"]),
        sources=tuple(query["source"]),
        import_id=query.get("import_id"),
        min_residents=query.get("min_residents", 0),
        max_own_share=query.get("max_own_share"),
        index_of_all=query.get("index_base") == "all",
        ordering=query.get("ordering", ()),
        limit=None if whole else query["limit"],
        offset=0 if whole else query["offset"],
    )
