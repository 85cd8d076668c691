"""Finds one person in all deliveries, by name and date of birth: for whoever asks what is stored of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from django.db import connection

from config.common.folding import fold
from imports.models import Import

Pair = tuple[int, int]

# Nobody else was born that day: few enough to compare names here. No index helps, for nobody asks this twice a day.
_PEOPLE = """
    SELECT citizen.import_id, citizen.citizen_id, citizen.name, citizen.birth_date, citizen.town, citizen.id,
        delivery.source
    FROM imports_citizen AS citizen JOIN imports_import AS delivery ON delivery.id = citizen.import_id
    WHERE {} AND delivery.deleted_at IS NULL AND delivery.status = 'complete'
    ORDER BY citizen.import_id, citizen.citizen_id
"""
_BORN = _PEOPLE.format("citizen.birth_date = ANY (%s)")
_NUMBERED = _PEOPLE.format("(citizen.import_id, citizen.citizen_id) IN (SELECT * FROM unnest(%s, %s))")
# Of 1. A letter more, less or another one in a name of six; a middle name is another matter.
_CLOSE = 0.8
# More are not worth reading.
_SIMILAR = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A person in one delivery, as whoever asks may tell them from others of that name. `key` is that of the row."""

    import_id: int
    citizen_id: int
    name: str
    birth_date: date
    town: str
    key: int
    source: str

    @property
    def pair(self) -> Pair:
        """Numbers of the delivery and of the resident."""
        return self.import_id, self.citizen_id


def find_person(*, name: str, birth_date: date) -> list[Found]:
    """Whoever is called `name`, as people type it, and was born that day, in every complete delivery; the exact
    spelling first."""
    wanted = fold(name)
    found = [one for one in _people(_BORN, [birth_date]) if wanted and fold(one.name) == wanted]
    return sorted(found, key=lambda one: one.name != name.strip())


def find_residents(pairs: Sequence[Pair]) -> list[Found]:
    """Those of these deliveries and numbers who are in a complete delivery."""
    return _people(_NUMBERED, *map(list, zip(*pairs, strict=True))) if pairs else []


def similar_people(asked: Iterable[tuple[str, date]], *, besides: Iterable[Found]) -> list[Found]:
    """Up to fifty whose names are like the names of `asked`, and who were born on the day beside it, the most similar
    first; without `besides`."""
    by_day: dict[date, set[str]] = {}
    for name, birth_date in asked:
        by_day.setdefault(birth_date, set()).add(fold(name))
    known = {one.pair for one in besides}
    others = [one for one in _people(_BORN, list(by_day)) if one.pair not in known] if by_day else []
    rated = [(max(_likeness(fold(one.name), name) for name in by_day[one.birth_date]), one) for one in others]
    return [one for rate, one in sorted(rated, key=lambda pair: -pair[0]) if rate >= _CLOSE][:_SIMILAR]


def bodies_not_searched(import_ids: Iterable[int] = ()) -> list[int]:
    """Imports, but these, of which a raw body is kept. The person may stand in it: nobody looks into those."""
    # Drafts too.
    kept = Import.objects.filter(deleted_at=None, body_size__isnull=False).exclude(pk__in=list(import_ids))
    return list(kept.order_by("pk").values_list("pk", flat=True))


def _people(sql: str, *values: list[date] | list[int]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Found(*row) for row in cursor.fetchall()]


def _likeness(one: str, other: str) -> float:
    """1 for the same letters, whatever the spaces, and for names of which one has all the words of the other."""
    fewer, more = sorted((set(one.split()), set(other.split())), key=len)
    if one.replace(" ", "") == other.replace(" ", "") or (len(fewer) > 1 and fewer <= more):
        return 1.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _CLOSE and matcher.quick_ratio() >= _CLOSE else 0.0
