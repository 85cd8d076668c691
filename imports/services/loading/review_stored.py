"""What a delivery would change, where its residents are too many for memory: counted by the database.

The residents are in the table, in a transaction that the caller rolls back.
"""

from collections.abc import Sequence

from django.db import connection

from imports.fields import EDITABLE, LISTS
from imports.models import Citizen, Import
from imports.services.loading.review_delivery import MAX_SAMPLES, Review, Values, difference, in_turn, values_of

_TOWNS_AND_CHANNELS = """
    SELECT
        (SELECT count(*) FROM (SELECT DISTINCT town FROM imports_citizen WHERE import_id = %(now)s) AS towns),
        (SELECT count(*) FROM (SELECT DISTINCT channel FROM imports_citizen WHERE import_id = %(now)s) AS channels)
"""
# The order of a list of ids says nothing, and none occurs twice in one.
_DIFFERS = " OR ".join(
    f"now.{name} <> old.{name}"
    + (f" AND NOT (now.{name} @> old.{name} AND now.{name} <@ old.{name})" if name in LISTS else "")
    for name in EDITABLE
)
# New ones in the order of the delivery: the ids of one COPY ascend.
_DIFFERENCES = f"""
    WITH different AS (
        SELECT citizen_id,
            CASE WHEN old.id IS NULL THEN 'new' WHEN now.id IS NULL THEN 'gone' ELSE 'changed' END AS kind,
            CASE WHEN old.id IS NULL THEN now.id ELSE citizen_id END AS place
        FROM (SELECT * FROM imports_citizen WHERE import_id = %(now)s) AS now
        FULL JOIN (SELECT * FROM imports_citizen WHERE import_id = %(last)s) AS old USING (citizen_id)
        WHERE old.id IS NULL OR now.id IS NULL OR {_DIFFERS}
    ), numbered AS (
        SELECT kind, citizen_id, row_number() OVER (PARTITION BY kind ORDER BY place) AS nth,
            count(*) OVER (PARTITION BY kind) AS total
        FROM different
    )
    SELECT kind, citizen_id, total FROM numbered WHERE nth <= {MAX_SAMPLES} ORDER BY kind, nth
"""  # nosec B608 # joins constants alone; values are parameters


def review_stored(*, import_id: int, source: str, residents: int) -> Review:
    """Compares the stored residents of a delivery with the source's last complete one, as `review_delivery` does.

    `residents` is how many they are. Call it in the transaction in which they were stored.
    """
    last = Import.objects.last_complete_of(source)
    which = {"now": import_id, "last": last.pk if last else None}
    with connection.cursor() as cursor:
        cursor.execute(_TOWNS_AND_CHANNELS, which)
        towns, channels = cursor.fetchone()
        cursor.execute(_DIFFERENCES, which)
        rows = cursor.fetchall()
    totals = {kind: total for kind, _, total in rows}
    counts = {kind: totals.get(kind, 0) for kind in ("new", "gone", "changed")}
    counts |= {"residents": residents, "towns": towns, "channels": channels, "compared_with": which["last"]}
    return Review(counts, _samples([(kind, citizen_id) for kind, citizen_id, _ in rows], which))


def _samples(found: Sequence[tuple[str, int]], which: dict[str, int | None]) -> list[dict[str, object]]:
    ids = [citizen_id for _, citizen_id in found]
    now, old = (_values(which[name], ids) for name in ("now", "last"))
    kinds = [
        [
            difference(kind, which_one, old.get(which_one, {}), now.get(which_one, {}))
            for of, which_one in found
            if of == kind
        ]
        for kind in ("changed", "gone", "new")
    ]
    return in_turn(kinds)


def _values(import_id: int | None, citizen_ids: list[int]) -> dict[int, Values]:
    if import_id is None:
        return {}
    rows = Citizen.objects.of(import_id).filter(citizen_id__in=citizen_ids)
    return {row.citizen_id: values_of(row) for row in rows}
