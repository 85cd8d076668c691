"""Reads of airports, named for their readers."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Case, F, FloatField, Func, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate
from django.db.models.lookups import LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from airports.countries import names_of
from airports.fields import ICAO_PATTERN, TEXTS
from airports.geo import EARTH_RADIUS, Box, Point, box_around
from airports.postgis import has_places, meets, reaches
from config.common.db.folded import ExactFirst
from config.common.folding import fold

if TYPE_CHECKING:
    from airports.models import Airport, PendingChange, QueuedCreate

# What a search looks into. The column `search` has them folded, a line each.
SEARCHED = ("name", "city", "country")


class QueuedCreateQuerySet(models.QuerySet["QueuedCreate"]):
    """Creates that wait, or waited."""

    def queued(self) -> "QueuedCreateQuerySet":
        """The ones that nobody has written yet, the oldest first."""
        return self.filter(status="queued").order_by("pk")

    def taken(self) -> "list[QueuedCreate]":
        """Locked until the transaction ends, without those that somebody else has locked."""
        return list(self.select_for_update(skip_locked=True))


class AirportQuerySet(models.QuerySet["Airport"]):
    """Airports."""

    def live(self) -> "AirportQuerySet":
        """The ones without the deletion flag."""
        return self.filter(is_deleted=False)

    def flagged(self) -> "AirportQuerySet":
        """The ones with the deletion flag."""
        return self.filter(is_deleted=True)

    def locked(self, airport_id: int) -> "Airport | None":
        """The airport, locked for writing; every writer locks by ascending id."""
        return self.filter(pk=airport_id).select_for_update().first()

    def matching(self, words: str) -> "AirportQuerySet":
        """The ones with `words` in the name, the city or the country, as people type them, or with this code."""
        code = _code(words)
        found = Q(search__folded=words)
        # Two more texts to compare take half as long again, so only with what may be a code.
        return self.filter(found | _with_code(code) if code else found)

    def closest_first(self, words: str, city: str) -> "AirportQuerySet":
        """With the code or the exact spelling of `words` first, of a whole field before a part of one; then with that
        of the city; then by id. An empty text says nothing."""
        of_city = [ExactFirst(["city"], city, "exact")] if city else []
        return self.order_by(*(closest(words) if words else []), *of_city, "pk")

    def in_city(self, city: str) -> "AirportQuerySet":
        """The ones of the city, as people type it."""
        return self._with_line("city", [fold(city)])

    def in_country(self, *countries: str) -> "AirportQuerySet":
        """The ones of any country with one of these English names, as people type them, or ISO codes."""
        return self._with_line("country", [name for country in countries for name in names_of(country)])

    def _with_line(self, name: str, folded: list[str]) -> "AirportQuerySet":
        number = Value(SEARCHED.index(name) + 1)
        line = Func(F("search"), Value("\n"), number, function="split_part", output_field=TextField())
        # An unknown city has an empty line, which nobody asks for.
        return self.alias(line=line).filter(line__in=[one for one in folded if one])

    def with_distance(self, centre: Point) -> "AirportQuerySet":
        """With `distance`, the metres on the sphere to `centre`."""
        return self.annotate(distance=_distance(centre))

    def within(self, centre: Point, metres: float) -> "AirportQuerySet":
        """The ones at most `metres` from `centre`, nearest first, with `distance`. An index finds the candidates."""
        candidates = self.filter(reaches(centre, metres)) if has_places() else self.in_bbox(box_around(centre, metres))
        near = candidates.with_distance(centre).filter(LessThanOrEqual(_distance(centre), metres))
        return near.order_by(F("distance").asc(), "pk")

    def in_bbox(self, box: Box) -> "AirportQuerySet":
        """The ones inside `box`, its edges included."""
        condition = Q()
        for part in box.parts():
            condition |= _flat(part) if has_places() else Q(_Inside(_place(), _corners(part)))
        return self.filter(condition)

    def sorted_by(self, *names: str) -> "AirportQuerySet":
        """By these fields, `-` before a name for descending; texts by code point, unknown last, ties by id."""
        return self.order_by(*(_order(name) for name in names), "pk")


def closest(words: str) -> list[Combinable]:
    """The order of what `words` found."""
    code = _code(words)
    by_code = [Case(When(_with_code(code), then=0), default=1)] if code else []
    return [*by_code, ExactFirst(SEARCHED, words, "exact"), ExactFirst(SEARCHED, words, "contains")]


def _code(words: str) -> str | None:
    """The code that this may be."""
    code = words.strip().upper()
    return code if re.fullmatch(ICAO_PATTERN, code) else None


def _with_code(code: str) -> Q:
    return Q(iata=code) | Q(icao=code)


class PendingChangeQuerySet(models.QuerySet["PendingChange"]):
    """Changes that wait for somebody to confirm them."""

    def of_token(self, token_hash: str) -> "PendingChange | None":
        """The one whose token has this hash, with the user who asked for it."""
        return self.select_related("asked_by").filter(token_hash=token_hash).first()

    def claim(self, change_id: int, now: datetime) -> bool:
        """Marks it as applied, for one caller only: others wait until that one's transaction ends, and get False."""
        return self.filter(pk=change_id).waiting(now).update(applied_at=now) == 1

    def waiting(self, now: datetime) -> "PendingChangeQuerySet":
        """The ones that can be confirmed."""
        return self.filter(applied_at=None, withdrawn_at=None, expires_at__gt=now)

    def expired(self, now: datetime) -> "PendingChangeQuerySet":
        """The ones that nobody confirmed in time, nor withdrew."""
        return self.filter(applied_at=None, withdrawn_at=None, expires_at__lte=now)


class _Inside(Func):
    """Whether a point lies in a box, edges included: PostgreSQL's `<@`, which the GiST index answers."""

    template = "(%(expressions)s)"
    arg_joiner = " <@ "
    output_field = BooleanField()


def _flat(box: Box) -> Q:
    return Q(meets(box), latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))


def _place() -> Func:
    return _point(F("longitude"), F("latitude"))


def _point(x: Combinable, y: Combinable) -> Func:
    return Func(x, y, function="point")


def _corners(box: Box) -> Func:
    low = _point(Value(box.west), Value(box.south))
    high = _point(Value(box.east), Value(box.north))
    return Func(low, high, function="box")


class _Distance(Func):
    """Metres on the sphere to `centre`, by the arctangent of sine and cosine of the angle.

    The haversine's arcsine loses its digits near the antipodes and the arccosine near zero; this form is exact in
    both places, and `sind` and `cosd` are exact at poles and quadrants.
    """

    # Text, not a tree of expressions: Django would take ten times as long to compile it as PostgreSQL to answer.
    _ACROSS = "(cosd({lat}) * sind({lon} - {lon0}))"
    _ALONG = "(cosd({lat0}) * sind({lat}) - sind({lat0}) * cosd({lat}) * cosd({lon} - {lon0}))"
    _TOWARDS = "(sind({lat0}) * sind({lat}) + cosd({lat0}) * cosd({lat}) * cosd({lon} - {lon0}))"
    _SQL = f"({EARTH_RADIUS!r} * atan2(sqrt({_ACROSS} * {_ACROSS} + {_ALONG} * {_ALONG}), {_TOWARDS}))"
    output_field = FloatField()

    def __init__(self, *expressions: Any, centre: Point) -> None:
        super().__init__(*expressions)
        self._centre = centre

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any) -> tuple[str, Any]:
        lat, lon = (compiler.compile(expression)[0] for expression in self.get_source_expressions())
        lat0, lon0 = (f"({degrees!r}::float8)" for degrees in (self._centre.latitude, self._centre.longitude))
        return self._SQL.format(lat=lat, lon=lon, lat0=lat0, lon0=lon0), ()


def _distance(centre: Point) -> _Distance:
    return _Distance(F("latitude"), F("longitude"), centre=centre)


def _order(name: str) -> models.expressions.OrderBy:
    field = name.removeprefix("-")
    key = Collate(F(field), "C") if field in TEXTS else F(field)
    return key.desc(nulls_last=True) if name.startswith("-") else key.asc(nulls_last=True)
