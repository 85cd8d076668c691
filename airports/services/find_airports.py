"""The list of airports: its filters and its order."""

from collections.abc import Mapping
from typing import Any

from airports.models import Airport
from airports.querysets import AirportQuerySet

_EXACT = ("iata", "icao", "tz")
_ANY_CASE = ("type", "source")


def find_airports(*, filters: Mapping[str, Any]) -> AirportQuerySet:
    """The airports that meet all `filters`, in the order that they ask for.

    `q`, `country`, `city`, `iata`, `icao`, `tz`, `type`, `source`: texts, the first three as people type them, and what
    is spelt like `q` and `city` comes first unless `near` or `ordering` says otherwise; `near`: a `Point`, with
    `radius`: metres; `bbox`: a `Box`; `ordering`: names of fields, `-` before one for descending; `deleted`: `include`
    or `only`.
    """
    rows = _by_flag(filters.get("deleted"))
    rows = rows.filter(**{name: filters[name] for name in _EXACT if name in filters})
    rows = rows.filter(**{f"{name}__iexact": filters[name] for name in _ANY_CASE if name in filters})
    if "q" in filters:
        rows = rows.matching(filters["q"])
    if "city" in filters:
        rows = rows.in_city(filters["city"])
    if "country" in filters:
        rows = rows.in_country(filters["country"])
    if "bbox" in filters:
        rows = rows.in_bbox(filters["bbox"])
    return _in_order(_near(rows, filters), filters)


def _by_flag(deleted: str | None) -> AirportQuerySet:
    if deleted == "only":
        return Airport.objects.flagged()
    return Airport.objects.all() if deleted == "include" else Airport.objects.live()


def _near(rows: AirportQuerySet, filters: Mapping[str, Any]) -> AirportQuerySet:
    if "near" not in filters:
        return rows
    if "radius" in filters:
        return rows.within(filters["near"], filters["radius"])
    return rows.with_distance(filters["near"])


def _in_order(rows: AirportQuerySet, filters: Mapping[str, Any]) -> AirportQuerySet:
    if not {"near", "ordering"} & filters.keys():
        return rows.closest_first(filters.get("q", ""), filters.get("city", ""))
    return rows.sorted_by(*filters.get("ordering", ("distance",) if "near" in filters else ()))
