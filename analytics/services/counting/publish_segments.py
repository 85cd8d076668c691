"""Decides what everybody may see of the segments of imports, by the places of their towns."""

from collections.abc import Collection

import pglock
from django.db import connection, transaction
from django.utils import timezone

from analytics.disclosure import masks_of_two_days, published_masks
from analytics.lattice import World
from analytics.models import DeliverySpelling, ImportDemand, Spelling
from analytics.services.counting.count_import import Segments, Values
from analytics.services.counting.picture import PictureChange
from analytics.services.counting.segments import read_segments, write_segments
from analytics.services.counting.settings import Counting
from analytics.services.counting.shown import end_truth

# Whoever writes aggregates holds it until the commit: sums are kept by differences, so one writer at a time.
WRITER = "demanda:analytics.write"

# Country and city of a town, by its fold; of one that is not placed no country, and its fold.
Places = dict[str, tuple[str, str]]

_PLACED = """
    FROM {towns} AS named (town) LEFT JOIN analytics_townplace AS place ON place.town = named.town
"""
_PUBLISH = f"""
    INSERT INTO analytics_publishedplace (town, city, country)
    SELECT named.town, coalesce(place.city, ''), coalesce(place.country, '')
    {_PLACED.format(towns="unnest(%s::text[])")}
    ON CONFLICT (town) DO {{}}
"""
_ADD = _PUBLISH.format("NOTHING")
_FOLLOW = _PUBLISH.format("UPDATE SET city = EXCLUDED.city, country = EXCLUDED.country")
_MOVED = f"""
    SELECT named.town {_PLACED.format(towns="(SELECT DISTINCT fold FROM analytics_spelling WHERE kind = 'town')")}
    LEFT JOIN analytics_publishedplace AS published ON published.town = named.town
    WHERE (published.city, published.country) IS DISTINCT FROM (coalesce(place.city, ''), coalesce(place.country, ''))
"""  # nosec B608 # joins constants alone


def published(then: Segments, now: Segments, *, small: int, places: Places) -> tuple[Segments, Segments]:
    """Adds their bits to the segments by their ages on two days."""
    if now == then:
        shown = _with(published_masks(_world(then, places), small=small), then)
        return shown, shown
    of_then, of_now = masks_of_two_days(_world(then, places), _world(now, places), small=small)
    return _with(of_then, then), _with(of_now, now)


def published_places(towns: Collection[str]) -> Places:
    """Reads where these towns are for everybody; those that have no such place yet are where they are placed now."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [sorted(towns)])
        cursor.execute("SELECT town, country, city FROM analytics_publishedplace WHERE town = ANY(%s)", [list(towns)])
        return {town: (country, city or town) for town, country, city in cursor.fetchall()}


def moved_towns() -> list[str]:
    """Lists the towns that were placed elsewhere since it was decided what everybody may see of them."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED)
        return sorted(row[0] for row in cursor.fetchall())


@transaction.atomic
def republish() -> int:
    """Decides anew for each import with a town that moved, from what was counted of it; how many they are.

    In one transaction, for the place of a town is the same in all imports. Where figures of one of them are shown as
    they are, none is decided yet: those are counted again first, for two cities before and after tell the town's.
    """
    pglock.advisory(WRITER, xact=True).acquire()
    towns, change = moved_towns(), PictureChange()
    if not towns:
        return 0
    spelled = DeliverySpelling.objects.filter(kind=Spelling.Kind.TOWN, fold__in=towns)
    concerned = ImportDemand.objects.filter(pk__in=spelled.values("delivery")).order_by("pk")
    if end_truth(concerned):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [towns])
    for demand in concerned:
        _decide(demand, change)
    change.write()
    # Who keeps answers goes by it.
    return concerned.update(refreshed_at=timezone.now())


def _decide(demand: ImportDemand, change: PictureChange) -> None:
    days = (True, False) if demand.is_current else (True, True)
    then, now = (read_segments(import_id=demand.pk, at_delivery=day) for day in days)
    places = published_places({key[0] for key in then})
    small = Counting.of_scheme(demand.scheme).small_segment
    of_then, of_now = published(then, now, small=small, places=places)
    if demand.drawn_at == 0:
        # Erased, and shown as it was counted: two cities before and after would tell the town's.
        of_then = {key: values._replace(published=0) for key, values in then.items()}
    write_segments(import_id=demand.pk, at_delivery=True, old=then, new=of_then)
    if demand.is_current:
        write_segments(import_id=demand.pk, at_delivery=False, old=now, new=of_now)
        change.replace(now, of_now)


def _world(segments: Segments, places: Places) -> World:
    keys = [(*places[key[0]], *key) for key in segments]
    residents, buyers = ([getattr(one, name) for one in segments.values()] for name in ("residents", "buyers"))
    return World(keys, residents, buyers)


def _with(masks: list[int], segments: Segments) -> Segments:
    return {
        key: Values._make((*values[:-1], mask)) for (key, values), mask in zip(segments.items(), masks, strict=True)
    }
