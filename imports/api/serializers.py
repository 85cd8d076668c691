"""The shapes of bodies, for OPTIONS and the OpenAPI document.

Deliveries and corrections are validated by `imports.documents`, twenty times faster than serializers would; a test
proves that these serializers accept and refuse the same citizens.
"""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from config.common.http.moments import moment
from config.common.http.pagination import PageQuery
from config.common.http.schema import FieldErrorSchema
from config.common.tabular.delimiters import DELIMITERS
from config.common.tabular.encodings import ENCODINGS, named_encoding
from config.common.texts import gettext as _
from config.common.texts import said
from imports.api.fields import serializer_field
from imports.fields import EDITABLE, FIELDS
from imports.models import Import
from imports.services.loading.review_delivery import may_see_differences, visible_counts
from imports.services.naming.resolve_source import DEFAULT_SOURCE, InvalidSource, check_source


class CitizenSerializer(serializers.Serializer[Any]):
    """A resident as a delivery has one."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializer_field(field) for name, field in FIELDS.items()}

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if unknown := data.keys() - self.fields.keys():
            raise serializers.ValidationError(
                dict.fromkeys(unknown, said(_("There is no such field."))), code="unknown_field"
            )
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not set(attrs.get("relatives", ())).isdisjoint(attrs.get("friends", ())):
            raise serializers.ValidationError(said(_("Nobody stands in both lists.")), code="in_both_lists")
        return attrs


class CitizenPatchSerializer(CitizenSerializer):
    """The fields to change, at least one."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return {name: fields[name] for name in EDITABLE}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(said(_("At least one field is expected.")), code="required")
        return super().validate(attrs)


class StoredCitizenSerializer(CitizenSerializer):
    """A resident of a delivery."""

    class Meta:
        ref_name = "Citizen"

    def get_fields(self) -> dict[str, Any]:
        # An answer names every field, also one that a delivery may leave out.
        fields = super().get_fields()
        for field in fields.values():
            field.required = True
        return fields


class DeliverySerializer(serializers.Serializer[Any]):
    """A delivery of residents."""

    citizens = CitizenSerializer(many=True)


class ImportSerializer(serializers.Serializer[Any]):
    """Where an import stands."""

    import_id = serializers.IntegerField(read_only=True)
    source = serializers.CharField(read_only=True, help_text="Who supplied it, as it was sent.")  # type: ignore[assignment]  # the base has one too
    status = serializers.ChoiceField(choices=Import.Status.choices, read_only=True)
    citizens = serializers.IntegerField(read_only=True, help_text="How many residents it holds.")
    processed = serializers.IntegerField(read_only=True, help_text="How many were taken in so far.")
    errors = FieldErrorSchema(many=True, read_only=True)  # type: ignore[assignment]  # the base has one too
    more_errors = serializers.IntegerField(read_only=True, help_text="How many more there are than the ones listed.")
    created_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.CharField(read_only=True, allow_null=True)
    completed_at = serializers.DateTimeField(read_only=True, allow_null=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    """A resident who is new, gone or changed, by `citizen_id`."""

    citizen_id = serializers.IntegerField()
    difference = serializers.ChoiceField(choices=["new", "gone", "changed"])
    changes = serializers.DictField(help_text='Field → `{"from", "to"}`.')

    class Meta:
        ref_name = "ResidentDifference"


class ReviewSerializer(serializers.Serializer[Any]):
    """A checked delivery against the last complete import of its source.

    `new`, `gone` and `changed` are null for those who may not see the residents of both imports, because they would
    answer guesses at another's residents; `towns` and `channels` for those who may not see this one's.
    """

    residents = serializers.IntegerField()
    towns = serializers.IntegerField(allow_null=True)
    channels = serializers.IntegerField(allow_null=True)
    new = serializers.IntegerField(allow_null=True)
    gone = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField(allow_null=True)
    compared_with = serializers.IntegerField(allow_null=True, help_text="That import; null where there is none.")
    differences = DifferenceSerializer(
        many=True,
        allow_null=True,
        help_text="Up to 20 of them, while it waits; null for those who may not see the residents of both imports.",
    )


class ReviewedImportSerializer(ImportSerializer):
    """Where one import stands, with what a review found."""

    review = ReviewSerializer(read_only=True, allow_null=True)


class ImportIdSerializer(serializers.Serializer[Any]):
    """The number of a new import."""

    import_id = serializers.IntegerField()


class BoughtSerializer(serializers.Serializer[Any]):
    """How many courses one resident buys, in one group."""

    citizen_id = serializers.IntegerField()
    courses = serializers.IntegerField(required=False, help_text="Grouped by channel.")
    presents = serializers.IntegerField(required=False, help_text="Grouped by month.")


class TownAgesSerializer(serializers.Serializer[Any]):
    """Percentiles of full years of age of a town's residents today."""

    town = serializers.CharField()
    p50 = serializers.FloatField()
    p75 = serializers.FloatField()
    p99 = serializers.FloatField()


class DeliveryQuery(serializers.Serializer[Any]):
    """Who supplies a delivery, whether somebody looks at it before it is loaded, and how a table is to be read."""

    source = serializers.CharField(  # type: ignore[assignment]  # the base has one too
        required=False,
        default=DEFAULT_SOURCE,
        max_length=64,
        trim_whitespace=False,
        help_text=(
            "Who supplies it, by any of its names and aliases. An unknown one is made, or is 400 `unknown_source` "
            "where the installation wants sources to be added first."
        ),
    )
    review = serializers.BooleanField(required=False, default=False, help_text="Only with `Prefer: respond-async`.")
    carry_corrections = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Correct what was corrected in the import that this one replaces, where the old value came again.",
    )
    delimiter = serializers.CharField(
        required=False,
        trim_whitespace=False,
        help_text="Of CSV, where it is not to be guessed: `,`, `;` or a tab, or the words comma, semicolon, tab.",
    )
    encoding = serializers.CharField(
        required=False, help_text=f"Of CSV, where it is not to be guessed: {', '.join(ENCODINGS)}."
    )
    sheet = serializers.CharField(
        required=False, trim_whitespace=False, help_text="Of a workbook, by its name; by default the first."
    )
    on_error = serializers.ChoiceField(
        required=False,
        choices=["fail"],
        help_text="Nothing else is offered: a delivery is all or nothing.",
        error_messages={"invalid_choice": gettext_lazy("A delivery is all or nothing: no citizen can be skipped.")},
    )

    def validate_source(self, source: str) -> str:
        try:
            check_source(source)
        except InvalidSource as refusal:
            raise serializers.ValidationError(refusal.detail, code="invalid") from refusal
        return source

    def validate_delimiter(self, text: str) -> str:
        if text not in DELIMITERS.values() and text not in DELIMITERS:
            raise serializers.ValidationError(
                said(_("One of %(choices)s is expected.") % {"choices": ", ".join(DELIMITERS)}), code="invalid_choice"
            )
        return DELIMITERS.get(text, text)

    def validate_encoding(self, name: str) -> str:
        codec = named_encoding(name)
        if codec is None:
            raise serializers.ValidationError(
                said(_("One of %(choices)s is expected.") % {"choices": ", ".join(ENCODINGS)}), code="invalid_choice"
            )
        return codec


class ImportListQuery(PageQuery):
    """The filters of the list of imports."""

    source = serializers.CharField(  # type: ignore[assignment]  # the base has one too
        required=False, max_length=64, trim_whitespace=False, help_text="By any of its names and aliases."
    )
    status = serializers.ChoiceField(required=False, choices=Import.Status.choices)


class BirthdaysQuery(serializers.Serializer[Any]):
    """How birthdays are grouped."""

    group_by = serializers.ChoiceField(
        required=False,
        default="channel",
        choices=[("channel", "advertising channel"), ("month", "birthday month")],
    )


def import_row(row: Import) -> dict[str, Any]:
    """An import as the API shows it. `created_by` must be fetched already."""
    return {
        "import_id": row.pk,
        "source": row.source,
        "status": row.status,
        "citizens": row.citizen_count,
        "processed": row.processed,
        "errors": row.refusals,
        "more_errors": row.more_errors,
        "created_at": moment(row.created_at),
        "created_by": row.created_by.get_username() if row.created_by else None,
        "completed_at": moment(row.completed_at) if row.completed_at else None,
    }


def detailed_row(row: Import, *, actor: User) -> dict[str, Any]:
    """An import as its own URL shows it to `actor`."""
    return import_row(row) | {"review": _review(row, actor) if row.review else None}


def _review(row: Import, actor: User) -> dict[str, Any]:
    seen = row.differences if may_see_differences(found=row, actor=actor) else None
    return visible_counts(found=row, actor=actor) | {"differences": seen}


def residents_in(row: dict[str, Any]) -> list[tuple[int, int | None]]:
    """Import and citizen of every sample that a detailed row shows."""
    samples = (row["review"] or {}).get("differences") or []
    return [(row["import_id"], sample["citizen_id"]) for sample in samples]
