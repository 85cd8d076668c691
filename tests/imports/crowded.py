"""Residents with many relations: as many as are allowed, or as they could be stored before there was a limit."""

from typing import Any

from django.db import connection

from imports.models import Citizen, Import
from tests.factories import alike, people
from tests.imports.world import load

_FOLLOW = """
    INSERT INTO imports_citizen (import_id, citizen_id, town, street, building, apartment, name, birth_date, gender,
        channel, relatives, friends)
    SELECT import_id, other, town, street, building, apartment, 'Name ' || other, birth_date, gender, channel,
        CASE WHEN other <= %(relatives)s + 1 THEN ARRAY[1]::bigint[] ELSE '{}' END,
        CASE WHEN other <= %(relatives)s + 1 THEN '{}' ELSE ARRAY[1]::bigint[] END
    FROM imports_citizen, generate_series(2, 1 + %(relatives)s + %(friends)s) AS other WHERE import_id = %(import_id)s
"""


def star(relatives: int, friends: int = 0) -> list[dict[str, Any]]:
    """Residents of whom the first names all others: first its relatives, then its friends."""
    everybody = alike(1 + relatives + friends)
    first, others = everybody[0], everybody[1:]
    for kind, named in (("relatives", others[:relatives]), ("friends", others[relatives:])):
        first[kind] = [other["citizen_id"] for other in named]
        for other in named:
            other[kind] = [first["citizen_id"]]
    return everybody


def stored_star(relatives: int, friends: int = 0) -> int:
    """The id of a delivery that holds a `star`, of any size: it was taken in when there was no limit."""
    import_id = load(people(1))
    ids = list(range(2, 2 + relatives + friends))
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"import_id": import_id, "relatives": relatives, "friends": friends})
        cursor.execute("ANALYZE imports_citizen")
    Citizen.objects.of(import_id).filter(citizen_id=1).update(relatives=ids[:relatives], friends=ids[relatives:])
    Import.objects.filter(pk=import_id).update(citizen_count=1 + len(ids))
    return import_id
