"""Finds one person in all deliveries, by name and date of birth: for whoever asks what is stored of them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from imports.models import Import

# Nobody else was born that day: few enough to compare names here. No index helps, for nobody asks this twice a day.
_BORN = """
    SELECT citizen.import_id, citizen.citizen_id, citizen.name, citizen.town, citizen.id, delivery.source
    FROM imports_citizen AS citizen JOIN imports_import AS delivery ON delivery.id = citizen.import_id
    WHERE citizen.birth_date = %s AND delivery.deleted_at IS NULL AND delivery.status = 'complete'
    ORDER BY citizen.import_id, citizen.citizen_id
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A person in one delivery, as whoever asks may tell them from others of that name. `key` is that of the row."""

    import_id: int
    citizen_id: int
    name: str
    town: str
    key: int
    source: str


def find_person(*, name: str, birth_date: date) -> list[Found]:
    """Whoever is called `name`, case and accents and spaces aside, and was born that day, in every complete
    delivery."""
    wanted = _plain(name)
    with connection.cursor() as cursor:
        cursor.execute(_BORN, [birth_date])
        return [Found(*row) for row in cursor.fetchall() if _plain(row[2]) == wanted]


def bodies_not_searched(import_ids: Iterable[int] = ()) -> list[int]:
    """Imports, but these, of which a raw body is kept. The person may stand in it: nobody looks into those."""
    kept = Import.objects.live().filter(body_size__isnull=False).exclude(pk__in=list(import_ids))
    return list(kept.order_by("pk").values_list("pk", flat=True))


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().split())
