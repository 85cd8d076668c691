"""The shapes of budgets and plans in bodies."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from analytics.api.decisions.base import DecisionQuery
from analytics.api.queries import NamesParameter, question_from
from analytics.models.plans import LEAST_COST, LONGEST_NAME, MOST_MONEY
from analytics.services.asking.questions import DEFAULT_GROUPING, GROUPABLE
from analytics.services.deciding.plan import Budget
from config.common.digits import MAX_INTEGER
from config.common.http.documents import StrictInteger, StrictNumber, StrictText
from config.common.texts import gettext as _
from config.common.texts import said
from imports.fields import MAX_CHANNEL

_MOST_COSTS = 1_000
_PAGE = ("limit", "offset")


class FiltersSerializer(DecisionQuery):
    """The filters of demand: each a list of values of which any will do, or one value; and one import."""

    class Meta:
        ref_name = "PlanFilters"

    def get_fields(self) -> dict[str, Any]:
        return {name: field for name, field in super().get_fields().items() if name not in _PAGE}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(said(_("An object is expected.")), code="invalid_type")
        strangers = [name for name in data if name not in self.fields]
        if strangers:
            told = serializers.ErrorDetail(said(_("There is no such filter.")), code="unknown_field")
            raise serializers.ValidationError({name: [told] for name in strangers})
        several = {name for name, field in self.fields.items() if isinstance(field, serializers.ListField)}
        lists = {name: [value] if name in several and isinstance(value, str) else value for name, value in data.items()}
        return super().to_internal_value(lists)


class CostsField(serializers.DictField):
    """Costs by the names of channels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=StrictNumber(min_value=0, max_value=MOST_MONEY), **options)

    def to_internal_value(self, data: Any) -> Any:
        costs: dict[str, float] = super().to_internal_value(data)
        if len(costs) > _MOST_COSTS:
            told = said(_("%(most)s at most.") % {"most": str(_MOST_COSTS)})
            raise serializers.ValidationError(told, code="max_length")
        wrong = {name: problems for name, cost in costs.items() if (problems := _wrong(name, cost))}
        if wrong:
            raise serializers.ValidationError(wrong)
        return costs


def _wrong(name: str, cost: float) -> list[Any]:
    try:
        StrictText(max_length=MAX_CHANNEL).run_validation(name)
    except serializers.ValidationError as error:
        found: list[Any] = error.detail  # type: ignore[assignment]  # of a field it is a list
        return found
    if 0 < cost < LEAST_COST:
        told = said(_("A cost is 0, or at least %(least)s.") % {"least": str(LEAST_COST)})
        return [serializers.ErrorDetail(told, code="min_value")]
    return []


class StrictFlag(serializers.BooleanField):
    """True or false, as they are sent: no text or number is taken for one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class _Grouping(NamesParameter):
    """Keys of segments, `channel` among them."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        super().__init__(choices, **options)
        # An array of which one value is `channel`, and each stands once: the description says which there are.
        set_override(self, "field", {"type": "array", "items": {"type": "string"}, "uniqueItems": True})


class PlanBodySerializer(serializers.Serializer[Any]):
    """A budget, and what it may be spent on."""

    budget = StrictNumber(min_value=0, max_value=MOST_MONEY, help_text="Money, in any currency.")
    cost_per_thousand = CostsField(
        required=False,
        help_text=(
            "By channel, in any of its spellings or by an alias, what it costs to reach 1,000 residents; `*` for all "
            "others; 0 is free. Left out: what staff set. 400 with a pointer to each channel that has none."
        ),
    )
    max_share = StrictNumber(
        required=False,
        min_value=0,
        max_value=1,
        help_text="The largest share of the residents of a segment that money reaches. Left out: 1.",
    )
    min_residents = StrictInteger(
        required=False, min_value=0, max_value=MAX_INTEGER, help_text="Only segments of at least so many; 0."
    )
    group_by = _Grouping(
        GROUPABLE,
        required=False,
        help_text=(
            f"What a segment is: some of {', '.join(GROUPABLE)}, `channel` among them. Left out: "
            f"{', '.join(DEFAULT_GROUPING)}."
        ),
    )
    filters = FiltersSerializer(required=False, help_text="Which residents.")

    def validate_group_by(self, value: Any) -> Any:
        """Raises `ValidationError` without a channel: nobody is reached then."""
        if "channel" not in value:
            raise serializers.ValidationError(said(_("Group by channel too.")), code="channel_expected")
        return value


class SegmentOfPlanSerializer(serializers.Serializer[Any]):
    """A segment and what is bought of it, in the order to buy."""

    country = serializers.CharField(required=False, allow_null=True)
    city = serializers.CharField(required=False)
    town = serializers.CharField(required=False)
    age_group = serializers.CharField(required=False)
    channel = serializers.CharField()
    gender = serializers.CharField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # the base has one too
    residents = serializers.IntegerField()
    expected_index = serializers.FloatField()
    own_share = serializers.FloatField()
    cost_per_thousand = serializers.FloatField()
    reached = serializers.FloatField(help_text="Residents; at most `residents` × `max_share`.")
    spend = serializers.FloatField()
    expected_courses = serializers.FloatField(help_text="`reached` × `courses_per_resident` × `expected_index` / 100.")
    expected_low = serializers.FloatField(help_text="The same at the lower end of the index's 95 % interval.")
    expected_high = serializers.FloatField(help_text="At the upper end.")


class TotalOfPlanSerializer(serializers.Serializer[Any]):
    """Sums over the segments that are bought."""

    segments = serializers.IntegerField()
    residents = serializers.IntegerField()
    reached = serializers.FloatField()
    spend = serializers.FloatField()
    expected_courses = serializers.FloatField()
    expected_low = serializers.FloatField(help_text="As if all segments were off together.")
    expected_high = serializers.FloatField()


class PlanSerializer(serializers.Serializer[Any]):
    """What a budget buys."""

    segments = SegmentOfPlanSerializer(many=True)
    total = TotalOfPlanSerializer()
    marginal_return = serializers.FloatField(
        help_text="Expected courses of the next unit of money; 0 where nothing is left to buy."
    )
    courses_per_resident = serializers.FloatField(help_text="The mean over all rows that match.")
    cost_per_thousand = serializers.DictField(child=serializers.FloatField(), help_text="The costs that held.")


class KeptPlanBodySerializer(PlanBodySerializer):
    """A plan to keep: it is answered now, and that answer stays."""

    id = serializers.IntegerField(read_only=True)
    name = StrictText(max_length=LONGEST_NAME, help_text="No other plan of yours has it.")
    shared = StrictFlag(required=False, help_text="Whoever reads analytics sees it; false.")
    owner = serializers.CharField(read_only=True, help_text="User name.")
    kept_at = serializers.DateTimeField(read_only=True)


class KeptPlanChangesSerializer(serializers.Serializer[Any]):
    """What may be changed of a plan: what it is called, and who sees it."""

    name = StrictText(required=False, max_length=LONGEST_NAME)
    shared = StrictFlag(required=False)


class KeptPlanItemSerializer(KeptPlanBodySerializer):
    """A plan in a list: what was asked, with the costs that held, and the sums of the answer."""

    total = TotalOfPlanSerializer()

    class Meta:
        ref_name = "KeptPlanItem"

    def get_fields(self) -> dict[str, Any]:
        return _all_there(super().get_fields())


class KeptPlanSerializer(KeptPlanBodySerializer):
    """A plan as it was answered when it was kept."""

    answer = PlanSerializer()

    class Meta:
        ref_name = "KeptPlan"

    def get_fields(self) -> dict[str, Any]:
        return _all_there(super().get_fields())


def _all_there(fields: dict[str, Any]) -> dict[str, Any]:
    # An answer names every field, also one that a body may leave out.
    for field in fields.values():
        field.required = not field.read_only
    return fields


def budget_from(values: Mapping[str, Any]) -> Budget:
    """The budget that the checked values of `PlanBodySerializer` describe."""
    nothing: dict[str, Any] = {**dict.fromkeys(FiltersSerializer().fields, ()), "import_id": None}
    asked = {"group_by": values.get("group_by", DEFAULT_GROUPING), "min_residents": values.get("min_residents", 0)}
    return Budget(
        money=values["budget"],
        max_share=values.get("max_share", 1.0),
        costs=values.get("cost_per_thousand"),
        question=question_from({**nothing, **values.get("filters", {}), **asked}, whole=True),
    )
