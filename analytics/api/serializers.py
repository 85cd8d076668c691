"""The shapes of answers, for the OpenAPI document, and how rows are written."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from analytics.models import TownPlace
from analytics.services.asking.questions import COUNTS, MEASURES, City, CityTown, ImportRow, Meta, Row
from config.common.http.moments import moment

_METHODS = [choice for choice in TownPlace.Method.choices if choice[0] != TownPlace.Method.UNPLACED]
_OR_OTHER = "`other` where small segments are merged, for callers who may not see residents."


class MeasuresSerializer(serializers.Serializer[Any]):
    """Residents and their demand. Numbers with a fraction have two decimals."""

    residents = serializers.IntegerField()
    courses = serializers.IntegerField(help_text="The relatives and friends of these residents, summed up.")
    buyers = serializers.IntegerField(help_text="Residents with at least one relative or friend.")
    courses_per_100 = serializers.FloatField(help_text="Courses of 100 residents.")
    index = serializers.FloatField(
        allow_null=True,
        help_text=(
            "100 is the average of all rows after the filters, before `min_residents` and paging, or of all residents "
            "(`index_base`); null where that is 0."
        ),
    )
    index_low = serializers.FloatField(
        allow_null=True,
        help_text=(
            "The lower end of its 95 % interval, which allows for residents depending on each other along their "
            "relations. Of the best of many rows it overstates: each of them may have been lucky."
        ),
    )
    index_high = serializers.FloatField(allow_null=True, help_text="The upper end.")
    expected_index = serializers.FloatField(
        allow_null=True,
        help_text=(
            "What such residents can be expected to show: a model of city, age group, channel and each two of them, "
            "and the row's own data on top, as far as they go."
        ),
    )
    own_share = serializers.FloatField(
        allow_null=True, help_text="How much of `expected_index` is the row's own data, from 0 to 1."
    )


class KeysSerializer(serializers.Serializer[Any]):
    """The keys of a group of residents, of them those that are grouped by."""

    country = serializers.CharField(
        required=False,
        allow_null=True,
        help_text=f"ISO 3166-1 alpha-2; null for towns that are not placed. {_OR_OTHER}",
    )
    city = serializers.CharField(
        required=False, help_text=f"Its name; of a town that is not placed the town's. {_OR_OTHER}"
    )
    town = serializers.CharField(required=False, help_text=f"The spelling that most residents have. {_OR_OTHER}")
    age_group = serializers.CharField(required=False, help_text=_OR_OTHER)
    channel = serializers.CharField(required=False, help_text=f"The spelling that most residents have. {_OR_OTHER}")
    gender = serializers.CharField(required=False, help_text=_OR_OTHER)
    source = serializers.CharField(required=False, help_text="Who supplied the import; never merged.")  # type: ignore[assignment]  # the base has one too


class DemandRowSerializer(KeysSerializer, MeasuresSerializer):
    """A group of residents; of the keys those that are grouped by."""


class TrendRowSerializer(DemandRowSerializer):
    """One import, or one group of its residents."""

    import_id = serializers.IntegerField()
    source = serializers.CharField(help_text="Who supplied it.")  # type: ignore[assignment]  # the base has one too
    delivered_at = serializers.DateTimeField(help_text="When it was made; ages are of that day.")


class AirportNearbySerializer(serializers.Serializer[Any]):
    """The nearest airport."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField(allow_null=True, help_text="IATA, else ICAO.")
    distance = serializers.FloatField(help_text="Metres from the city.")


class UnplacedSerializer(MeasuresSerializer):
    """A town that is not on the map; or what is merged, as `other`."""

    town = serializers.CharField()


class AlternativeSerializer(serializers.Serializer[Any]):
    """A city of the same name, elsewhere."""

    geoname_id = serializers.IntegerField()
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    population = serializers.IntegerField()


class CityTownSerializer(serializers.Serializer[Any]):
    """A town of a city."""

    town = serializers.CharField(help_text="The spelling that most residents have.")
    method = serializers.ChoiceField(choices=_METHODS, help_text="How it was placed.")
    alternatives = AlternativeSerializer(many=True, help_text="Where else a town of this name may be.")
    residents = serializers.IntegerField()
    courses = serializers.IntegerField()
    buyers = serializers.IntegerField()


class CitySerializer(MeasuresSerializer):
    """A city on the map."""

    town = serializers.CharField(allow_null=True, help_text="The first of its towns; null where none may be shown.")
    city = serializers.CharField(help_text="Its own name.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    method = serializers.ChoiceField(choices=_METHODS, help_text="How its largest town was placed.")
    towns = CityTownSerializer(many=True, help_text="Its towns, as the deliveries name them, the largest first.")
    alternatives = AlternativeSerializer(many=True, help_text="Those of its towns, each once.")
    latitude = serializers.FloatField(help_text="Degrees, WGS 84.")
    longitude = serializers.FloatField(help_text="Degrees, WGS 84.")
    time_zone = serializers.CharField(help_text="Olson name.")
    airport = AirportNearbySerializer(allow_null=True)


class MetaSerializer(serializers.Serializer[Any]):
    """What the answer is made of."""

    refreshed_at = serializers.DateTimeField(
        allow_null=True, help_text="When the last of these imports was counted; null when none was."
    )
    imports = serializers.IntegerField(help_text="How many imports the rows are made of.")
    stale = serializers.BooleanField(help_text="An import is new, changed or deleted since, or a day has passed.")
    merged = serializers.IntegerField(help_text="How many residents stand in `other`; 0 for callers who see all.")
    as_of = serializers.DateField(
        allow_null=True, help_text="The day of the ages; null where each import has its own, or there is none."
    )


class RankedMetaSerializer(MetaSerializer):
    """What the answer is made of, and how it is ranked."""

    ranked_by = serializers.CharField(help_text="The measure, or the key, that ranks the rows.")


def measures(row: Row) -> dict[str, Any]:
    """The numbers of a row."""
    return {name: getattr(row, name) for name in MEASURES}


def demand_row(row: Row) -> dict[str, Any]:
    """A row as the API shows it."""
    return {**row.keys, **measures(row)}


def trend_row(row: ImportRow) -> dict[str, Any]:
    """A row of the trend as the API shows it."""
    of_import = {"import_id": row.import_id, "source": row.source, "delivered_at": moment(row.delivered_at)}
    return of_import | demand_row(row.row)


def city_row(city: City) -> dict[str, Any]:
    """A city on the map as the API shows it."""
    alternatives = {one.geoname_id: asdict(one) for town in city.towns for one in town.alternatives}
    return {
        "town": city.towns[0].town if city.towns else None,
        "city": city.city,
        "country": city.country,
        "method": city.method,
        "towns": [_town_row(town) for town in city.towns],
        "alternatives": list(alternatives.values()),
        "latitude": city.latitude,
        "longitude": city.longitude,
        "time_zone": city.time_zone,
        "airport": asdict(city.airport) if city.airport else None,
        **measures(city.row),
    }


def _town_row(town: CityTown) -> dict[str, Any]:
    return {
        "town": town.town,
        "method": town.method,
        "alternatives": [asdict(one) for one in town.alternatives],
        **{name: getattr(town.row, name) for name in COUNTS},
    }


def unplaced_row(row: Row) -> dict[str, Any]:
    """A town that is not on the map as the API shows it: a city of its own name."""
    return {"town": row.keys["city"], **measures(row)}


def meta_row(meta: Meta) -> dict[str, Any]:
    """Writes what the answer says of itself."""
    return {
        "refreshed_at": moment(meta.refreshed_at) if meta.refreshed_at else None,
        "imports": meta.imports,
        "stale": meta.stale,
        "merged": meta.merged,
        "as_of": meta.as_of.isoformat() if meta.as_of else None,
    }
