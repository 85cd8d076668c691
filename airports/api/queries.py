"""The query parameters of the list of airports."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from airports.fields import MAX_LATITUDE, MAX_LONGITUDE, InvalidValue, parse_text, read_number
from airports.geo import Box, Point
from config.common.http.pagination import PageQuery
from config.common.texts import gettext as _
from config.common.texts import said

ORDERINGS = (
    "id", "name", "city", "country", "iata", "icao", "latitude", "longitude", "altitude", "timezone", "dst", "tz",
    "type", "source", "created_at", "updated_at", "distance",
)  # fmt: skip
# Once round the Earth, and room for whoever rounds up.
_MAX_RADIUS = 50_000_000
_AS_TYPED = "Accents, case, apostrophes, dashes, doubled spaces and format characters do not count."


class _Parameter(serializers.CharField):
    """A text that `read` understands; what it raises becomes the parameter's error."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.read(super().to_internal_value(data))
        except InvalidValue as error:
            raise serializers.ValidationError(said(error.text), code=error.code) from error

    def read(self, text: str) -> Any:
        """The value: the text itself, unless the parameter is of another kind. Raises `InvalidValue`."""
        return text


class FieldParameter(_Parameter):
    """A value by the rule of the airport's field with this name."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(**options)
        self._name = name

    def read(self, text: str) -> Any:
        return parse_text(self._name, text)


@extend_schema_field(OpenApiTypes.DOUBLE)
class RadiusParameter(_Parameter):
    """Metres."""

    def read(self, text: str) -> float:
        return _number(text, 0, _MAX_RADIUS)

    def to_representation(self, value: float) -> float:  # type: ignore[override]  # read from a text, and a number
        """Gives the number: a default is written as one into the OpenAPI document."""
        return value


class PointParameter(_Parameter):
    """`latitude,longitude`."""

    def read(self, text: str) -> Point:
        lat, lon = _split(text, 2)
        return Point(_latitude(lat), _longitude(lon))


class BoxParameter(_Parameter):
    """`west,south,east,north`."""

    def read(self, text: str) -> Box:
        west, south, east, north = _split(text, 4)
        box = Box(_longitude(west), _latitude(south), _longitude(east), _latitude(north))
        if box.south > box.north:
            raise InvalidValue("out_of_range", _("South is greater than north."))
        return box


class OrderingParameter(_Parameter):
    """Names of fields, `-` before one for descending."""

    def read(self, text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        plain = [name.removeprefix("-") for name in names]
        if len(set(plain)) < len(plain) or not set(plain) <= set(ORDERINGS):
            raise InvalidValue(
                "invalid_choice", _("Choose among %(orderings)s, each once.") % {"orderings": ", ".join(ORDERINGS)}
            )
        return names


def _split(text: str, count: int) -> list[str]:
    parts = text.split(",")
    if len(parts) != count:
        raise InvalidValue(
            "invalid_format", _("%(count)s numbers with commas between them are expected.") % {"count": count}
        )
    return parts


def _latitude(text: str) -> float:
    return _number(text, -MAX_LATITUDE, MAX_LATITUDE)


def _longitude(text: str) -> float:
    return _number(text, -MAX_LONGITUDE, MAX_LONGITUDE)


def _number(text: str, low: float, high: float) -> float:
    number = read_number(text, low=low, high=high)
    if number is None:
        raise InvalidValue("invalid_number", _("A number is expected."))
    return number


class AirportListQuery(PageQuery):
    """Filters, order and page of the list of airports. Texts are compared without regard to case."""

    q = serializers.CharField(
        required=False,
        max_length=256,
        help_text=f"In the name, city or country; or a code. {_AS_TYPED} Codes and the exact spelling come first.",
    )
    country = FieldParameter(
        "country", required=False, help_text=f"English name or ISO code of two or three letters. {_AS_TYPED}"
    )
    city = FieldParameter("city", required=False, help_text=f"{_AS_TYPED} The exact spelling comes first.")
    iata = FieldParameter("iata", required=False)
    icao = FieldParameter("icao", required=False)
    tz = FieldParameter("tz", required=False, help_text="Olson name.")
    type = FieldParameter("type", required=False)
    source = FieldParameter("source", required=False)  # type: ignore[assignment]  # the base has one too
    near = PointParameter(
        required=False, help_text="`latitude,longitude`: nearest first, each row with its `distance` in metres."
    )
    radius = RadiusParameter(required=False, help_text="Only what is within so many metres of `near`.")
    bbox = BoxParameter(required=False, help_text="`west,south,east,north`; across the date line west is greater.")
    ordering = OrderingParameter(
        required=False, help_text=f"By {', '.join(ORDERINGS)}; several with commas; `-` before one for descending."
    )
    deleted = serializers.ChoiceField(
        required=False,
        choices=[("include", "with the flagged ones"), ("only", "only the flagged ones")],
        help_text="Managers only.",
    )

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        ordering = {name.removeprefix("-") for name in attrs.get("ordering", ())}
        for name, given in (("radius", "radius" in attrs), ("ordering", "distance" in ordering)):
            if given and "near" not in attrs:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail(said(_("This needs near=latitude,longitude.")), code="near_missing")}
                )
        return attrs


class AirportIdQuery(serializers.Serializer[Any]):
    """Which airport."""

    id = serializers.CharField(help_text="Its number.")
