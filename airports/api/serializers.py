"""The shapes of bodies, for OPTIONS and the OpenAPI document; `airports.fields` has the rules."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from airports import fields
from airports.models import Airport
from airports.services.history import changes_in
from config.common.http.moments import moment

_DECIMALS_OF_A_METRE = 3
_ACTIONS = {"+": "created", "~": "changed", "-": "deleted"}


@extend_schema_field({"type": ["string", "number", "boolean", "null"]})
class _ValueField(serializers.JSONField):
    """What a field of an airport can hold."""


def _text(longest: int, help_text: str = "") -> serializers.CharField:
    return serializers.CharField(required=False, allow_null=True, max_length=longest, help_text=help_text)


def _number(low: float, high: float, help_text: str, *, required: bool = False) -> serializers.FloatField:
    return serializers.FloatField(
        required=required, allow_null=not required, min_value=low, max_value=high, help_text=help_text
    )


class AirportBodySerializer(serializers.Serializer[Any]):
    """What can be set on an airport; null and an empty text mean that it is unknown."""

    name = serializers.CharField(max_length=fields.MAX_NAME)
    city = _text(fields.MAX_CITY)
    country = _text(fields.MAX_COUNTRY, "Its English name.")
    iata = _text(3, "Three letters or digits, unique among live airports.")
    icao = _text(4, "Three or four letters or digits, unique among live airports.")
    latitude = _number(-fields.MAX_LATITUDE, fields.MAX_LATITUDE, "Degrees, WGS 84.", required=True)
    longitude = _number(-fields.MAX_LONGITUDE, fields.MAX_LONGITUDE, "Degrees, WGS 84.", required=True)
    altitude = _number(-fields.MAX_ALTITUDE, fields.MAX_ALTITUDE, "Feet.")
    timezone = _number(fields.MIN_TIMEZONE, fields.MAX_TIMEZONE, "Hours from UTC; may be fractional.")
    dst = serializers.ChoiceField(
        required=False, allow_null=True, choices=list(fields.DST_CODES), help_text="How clocks change in summer."
    )
    tz = _text(fields.MAX_TZ, "Olson name, as Europe/Madrid.")
    type = _text(fields.MAX_LABEL)
    source = _text(fields.MAX_LABEL)  # type: ignore[assignment]  # the base has one too


class AirportChangesSerializer(AirportBodySerializer):
    """The fields to change, at least one."""

    name = serializers.CharField(max_length=fields.MAX_NAME, required=False)
    latitude = _number(-fields.MAX_LATITUDE, fields.MAX_LATITUDE, "Degrees, WGS 84.")
    longitude = _number(-fields.MAX_LONGITUDE, fields.MAX_LONGITUDE, "Degrees, WGS 84.")


class AirportUpdateSerializer(AirportChangesSerializer):
    """The fields to change, at least one, and of which airport."""

    id = serializers.IntegerField(min_value=0)


class AirportSerializer(AirportBodySerializer):
    """An airport."""

    id = serializers.IntegerField(read_only=True)
    is_deleted = serializers.BooleanField(read_only=True, help_text="Flagged as deleted; can be restored.")
    deleted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    version = serializers.IntegerField(read_only=True, help_text="Grows by one with every change; the `ETag`.")

    def get_fields(self) -> dict[str, Any]:
        # An answer names every field, also one that a body may leave out.
        described = super().get_fields()
        for name in fields.NAMES:
            described[name].required = True
        return described


class AirportListItemSerializer(AirportSerializer):
    """An airport in the list."""

    distance = serializers.FloatField(required=False, help_text="Metres; only with `near`.")


class DifferenceSerializer(serializers.Serializer[Any]):
    """What a field was and what it becomes."""

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python's, which no attribute can be called.
        return {"from": _ValueField(), "to": _ValueField()}


class HistoryEntrySerializer(serializers.Serializer[Any]):
    """One change of an airport."""

    at = serializers.DateTimeField(read_only=True)
    by = serializers.CharField(read_only=True, allow_null=True, help_text="User name; null where nobody is known.")
    action = serializers.ChoiceField(read_only=True, choices=["created", "changed", "flagged", "restored", "deleted"])
    reason = serializers.CharField(read_only=True, allow_null=True, help_text="By which way, where it is not plain.")
    version = serializers.IntegerField(read_only=True, help_text="The airport's version after it.")
    changes = serializers.DictField(child=DifferenceSerializer(), read_only=True, help_text="By the name of the field.")


def airport_row(airport: Airport) -> dict[str, Any]:
    """An airport as the API shows it, with its distance where the query computed one."""
    row = {
        "id": airport.pk,
        **{name: getattr(airport, name) for name in fields.NAMES},
        "is_deleted": airport.is_deleted,
        "deleted_at": _moment_or_none(airport.deleted_at),
        "created_at": moment(airport.created_at),
        "updated_at": moment(airport.updated_at),
        "version": airport.version,
    }
    distance: float | None = getattr(airport, "distance", None)
    return row if distance is None else row | {"distance": round(distance, _DECIMALS_OF_A_METRE)}


def history_row(entry: Any) -> dict[str, Any]:
    """An entry of `history_of` as the API shows it."""
    changes = changes_in(entry)
    return {
        "at": moment(entry.history_date),
        "by": entry.history_user.get_username() if entry.history_user else None,
        "action": action_of(entry.history_type, changes),
        "reason": entry.history_change_reason,
        "version": entry.version,
        "changes": changes,
    }


def action_of(kind: str, changes: dict[str, dict[str, Any]]) -> str:
    """What an entry of the history did, in one word."""
    if kind == "~" and "is_deleted" in changes:
        return "flagged" if changes["is_deleted"]["to"] else "restored"
    return _ACTIONS[kind]


def _moment_or_none(value: datetime | None) -> str | None:
    return moment(value) if value else None
