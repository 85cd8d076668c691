"""Counts imports again and brings the current picture after them, in one transaction.

Whoever reads in one snapshot sees the picture before or after it, never half; a refresh that dies has not happened.
"""

from datetime import UTC, date
from typing import Any

import pglock
from django.db import connection, transaction
from django.utils import timezone

from analytics.models import ImportDemand
from analytics.services.counting.count_import import Count, Segments, count_import, totals
from analytics.services.counting.count_ties import Ties, count_ties
from analytics.services.counting.picture import PictureChange
from analytics.services.counting.publish_segments import WRITER, published, published_places
from analytics.services.counting.segments import delete_segments, read_segments, write_segments
from analytics.services.counting.settings import Counting, counting
from analytics.services.counting.shown import Drawing
from analytics.services.counting.spellings import read_spellings, write_spellings
from analytics.services.counting.stale import utc_today
from analytics.services.counting.tell_refreshed import tell_refreshed
from analytics.services.counting.ties import read_ties, write_ties
from analytics.services.placing.place_towns import place_new_towns
from imports.models import Import
from imports.services.naming.resolve_source import first_names_of, last_complete_of, own_first_name, spellings_of

# Only where nothing else changed since it was counted, and nobody came into another age group.
_GROW_OLDER = """
    UPDATE analytics_importdemand AS demand SET as_of = %(today)s, refreshed_at = clock_timestamp()
    FROM imports_import AS delivery
    WHERE demand.import_id = %(import_id)s AND demand.is_current AND demand.scheme = %(scheme)s
        AND delivery.id = demand.import_id AND delivery.revision = demand.revision
        AND delivery.status = 'complete' AND delivery.deleted_at IS NULL
        AND demand.as_of = %(as_of)s AND NOT EXISTS (
            SELECT FROM imports_citizen WHERE import_id = delivery.id
            AND width_bucket(birth_date, %(then)s::date[]) <> width_bucket(birth_date, %(now)s::date[])
        )
"""

Status = Import.Status


class NotCounted(Exception):
    """The import ceased to be complete just now; it is found again as what it is then."""


@transaction.atomic
def refresh_import(*, import_id: int, today: date | None = None, may_place: bool = False) -> set[int]:
    """Counts the import as it is now; of one that is deleted nothing stays, an erased one leaves the current picture.
    Gives all that it counted.

    With it the last complete import of its source becomes the current one. After a change of the age groups all
    current imports are counted again with it, because their sums have one set of age groups. `may_place`: towns that
    are new are placed before, so that their cities are there at once; it takes the names of the world's cities.
    """
    pglock.advisory(WRITER, xact=True).acquire()
    by, day = counting(), today or utc_today()
    if _only_grew_older(import_id, day, by):
        return {import_id}
    others = ImportDemand.objects.current().exclude(scheme=by.scheme).values_list("pk", flat=True)
    refresh = _Refresh(day, by, may_place=may_place)
    for number in {import_id, *others}:
        refresh.take(number)
    refresh.write()
    return refresh.counted


def _only_grew_older(import_id: int, today: date, by: Counting) -> bool:
    """Whether that was all, so that now the import is counted as of today."""
    found = ImportDemand.objects.current().of(import_id)
    if found is None or found.as_of == today or _current_id(found.source) != import_id:
        return False
    groups = by.age_groups
    values: dict[str, Any] = {"import_id": import_id, "today": today, "as_of": found.as_of, "scheme": by.scheme}
    values |= {"then": groups.births(found.as_of), "now": groups.births(today)}
    with connection.cursor() as cursor:
        cursor.execute(_GROW_OLDER, values)
        return bool(cursor.rowcount)


def _current_id(source: str) -> int | None:
    """The import that is to be the current one of its source."""
    last = last_complete_of(source)
    return last.pk if last else None


class _Refresh:
    """The imports that are counted, or leave the current picture, in this transaction."""

    def __init__(self, today: date, by: Counting, *, may_place: bool) -> None:
        self._today = today
        self._by = by
        self._may_place = may_place
        self._change = PictureChange()
        self.counted: set[int] = set()

    def take(self, import_id: int) -> None:
        """Brings one import up to date, and with it which one of its source is the current one."""
        source = _source_of(import_id)
        if source is None or import_id in self.counted:
            return
        current = _current_id(source)
        # Who leaves goes first: a source has one current import.
        for row in ImportDemand.objects.current().filter(source__in=spellings_of([source])).exclude(pk=current):
            self._leave(row)
        if import_id != current:
            self._settle(import_id, is_current=False)
        if current is not None and (import_id == current or not _is_current(current)):
            self._settle(current, is_current=True)

    def write(self) -> None:
        self._change.write()

    def _leave(self, row: ImportDemand) -> None:
        self._change.replace(read_segments(import_id=row.pk, at_delivery=False), {})
        self._change.spell(read_spellings(import_id=row.pk), current=-1)
        delete_segments(import_id=row.pk, at_delivery=False)
        self._tie(row.pk, at_delivery=False, new={})
        row.is_current, row.as_of = False, row.delivered_at.astimezone(UTC).date()
        row.save(update_fields=["is_current", "as_of"])

    def _settle(self, import_id: int, *, is_current: bool) -> None:
        # Held until the commit: a deletion comes after it.
        delivery = Import.objects.key_shared(import_id)
        if (
            delivery is None
            or delivery.deleted_at is not None
            or delivery.status not in (Status.COMPLETE, Status.ERASED)
        ):
            self._forget(import_id)
        elif delivery.status == Status.COMPLETE:
            self._count(delivery, is_current=is_current)

    def _forget(self, import_id: int) -> None:
        delete_segments(import_id=import_id, at_delivery=True)
        self._tie(import_id, at_delivery=True, new={})
        spellings = read_spellings(import_id=import_id)
        self._change.spell(spellings, delivered=-1)
        write_spellings(import_id=import_id, old=spellings, new={})
        ImportDemand.objects.filter(pk=import_id).delete()

    def _count(self, delivery: Import, *, is_current: bool) -> None:
        self.counted.add(delivery.pk)
        delivered = delivery.created_at.astimezone(UTC).date()
        as_of = self._today if is_current else delivered
        name = delivery.source
        first = first_names_of([name])[name]
        drawing = Drawing(import_id=delivery.pk, source=first, own=own_first_name(name), scheme=self._by.scheme)
        count = count_import(import_id=delivery.pk, then=delivered, now=as_of, counting=self._by, draw=drawing.draw)
        if count is None:
            raise NotCounted(delivery.pk)
        self._spell(delivery.pk, count, is_current=is_current)
        old_then, old_now = (read_segments(import_id=delivery.pk, at_delivery=day) for day in (True, False))
        count, drawn_at, is_same = drawing.settle(count, then=old_then, now=old_now if is_current else old_then)
        then, now = (count.then, count.now) if is_same else self._published(count)
        # Now towns that are new are placed.
        ties = count_ties(import_id=delivery.pk, then=delivered, now=as_of, counting=self._by)
        for at_delivery in (True, False) if is_current else (True,):
            self._tie(delivery.pk, at_delivery=at_delivery, new=ties[not at_delivery])
        write_segments(import_id=delivery.pk, at_delivery=True, old=old_then, new=then)
        if is_current:
            write_segments(import_id=delivery.pk, at_delivery=False, old=old_now, new=now)
            self._change.replace(old_now, now)
        demand = ImportDemand(
            delivery=delivery,
            source=delivery.source,
            delivered_at=delivery.created_at,
            revision=count.revision,
            scheme=self._by.scheme,
            is_current=is_current,
            as_of=as_of,
            refreshed_at=timezone.now(),
            drawn_at=drawn_at,
            **totals(then),
        )
        demand.save()
        tell_refreshed(demand)

    def _tie(self, import_id: int, *, at_delivery: bool, new: Ties) -> None:
        old = read_ties(import_id=import_id, at_delivery=at_delivery)
        write_ties(import_id=import_id, at_delivery=at_delivery, old=old, new=new)
        if not at_delivery:
            self._change.tie(old, new)

    def _spell(self, import_id: int, count: Count, *, is_current: bool) -> None:
        old = read_spellings(import_id=import_id)
        self._change.spell(old, delivered=-1, current=-_is_current(import_id))
        self._change.spell(count.spellings, delivered=1, current=int(is_current))
        write_spellings(import_id=import_id, old=old, new=count.spellings)

    def _published(self, count: Count) -> tuple[Segments, Segments]:
        """Adds what everybody may see, with the places of the towns."""
        if self._may_place:
            place_new_towns(spellings=count.spellings)
        places = published_places({key[0] for key in count.then})
        return published(count.then, count.now, small=self._by.small_segment, places=places)


def _source_of(import_id: int) -> str | None:
    """Finds whose the import is that is there or was counted once."""
    counted = ImportDemand.objects.filter(pk=import_id).values_list("source", flat=True).first()
    return counted or Import.objects.filter(pk=import_id).values_list("source", flat=True).first()


def _is_current(import_id: int) -> bool:
    return ImportDemand.objects.current().filter(pk=import_id).exists()
