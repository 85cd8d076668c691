"""What only the whole of a streamed delivery can show: no id twice, and everybody who is named exists and names back.

The rows are in the table, in a transaction that is not committed yet. Whether all is right costs what the relations
cost; single errors are looked for only when it is not.
"""

from typing import Any

from django.db import IntegrityError, connection, transaction

from config.common.problems import MAX_ERRORS, FieldError
from imports.documents.codes import Code
from imports.documents.errors import DETAILS, InvalidDocument
from imports.documents.stream import Reader
from imports.services.loading._outlines import copy_outlines, create_outlines, expect_many

_DEFER = "SET CONSTRAINTS citizen_unique_in_import DEFERRED"
_ENFORCE = "SET CONSTRAINTS citizen_unique_in_import IMMEDIATE"
# Every pair of a list is named twice, once from each side; who names itself, once. By grouping: what a join costs hangs
# on the planner's guess of how many rows a delivery has that is just being loaded.
_ONE_SIDED = """
    SELECT EXISTS (
        SELECT FROM (
            SELECT least(citizen_id, other) AS low, greatest(citizen_id, other) AS high, list
            FROM imports_citizen, LATERAL (
                SELECT unnest(relatives), 1 UNION ALL SELECT unnest(friends), 2
            ) AS named (other, list)
            WHERE import_id = %s AND (relatives <> '{}' OR friends <> '{}')
        ) AS pair
        GROUP BY low, high, list HAVING count(*) <> CASE WHEN low = high THEN 1 ELSE 2 END
    )
"""
# The ids of one COPY ascend.
_STORED_OUTLINES = """
    INSERT INTO imports_outline
    SELECT row_number() OVER (ORDER BY id), citizen_id, relatives, friends FROM imports_citizen WHERE import_id = %s
"""
_REPEATED = f"""
    SELECT number, count(*) OVER () FROM (
        SELECT number, row_number() OVER (PARTITION BY citizen_id ORDER BY number) AS nth FROM imports_outline
    ) AS numbered
    WHERE nth > 1 ORDER BY number LIMIT {MAX_ERRORS}
"""  # nosec B608 # joins constants alone; values are parameters
# In the order in which a document's relations are checked: for each resident both lists, then who stands in both.
_WRONG_RELATIONS = f"""
    WITH named AS MATERIALIZED (
        SELECT number, citizen_id, list, other, position FROM imports_outline, LATERAL (
            SELECT 'relatives', * FROM unnest(relatives) WITH ORDINALITY
            UNION ALL SELECT 'friends', * FROM unnest(friends) WITH ORDINALITY
        ) AS listed (list, other, position)
    ), wrong AS (
        SELECT one.number, one.list, one.position, CASE list WHEN 'relatives' THEN 1 ELSE 2 END AS step,
            CASE WHEN known.number IS NULL THEN 'unknown_citizen' ELSE 'not_mutual' END AS code
        FROM named AS one
        LEFT JOIN imports_outline AS known ON known.citizen_id = one.other
        WHERE NOT EXISTS (
            SELECT FROM named AS back
            WHERE back.citizen_id = one.other AND back.other = one.citizen_id AND back.list = one.list
        )
        UNION ALL
        SELECT friend.number, 'friends', friend.position, 3, 'in_both_lists'
        FROM named AS friend JOIN named AS relative USING (citizen_id, other)
        WHERE friend.list = 'friends' AND relative.list = 'relatives'
    )
    SELECT number, list, position - 1, code, count(*) OVER () FROM wrong
    ORDER BY number, step, position LIMIT {MAX_ERRORS}
"""  # nosec B608 # joins constants alone; values are parameters


def expect_whole() -> None:
    """Lets the caller's transaction store an id twice until `is_whole` looks, so that every repetition can be named."""
    with connection.cursor() as cursor:
        cursor.execute(_DEFER)


def is_whole(import_id: int) -> bool:
    """Whether no id of the stored residents occurs twice and all their relations are right."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Looks again at those rows alone of which it was not sure when they came.
            cursor.execute(_ENFORCE)
    except IntegrityError:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_ONE_SIDED, [import_id])
        (one_sided,) = cursor.fetchone()
    return not one_sided


def refuse(import_id: int, reader: Reader[Any]) -> InvalidDocument:
    """The refusal of a delivery that is not right, with the errors of the whole beside those of single residents.

    What `reader` has not given to be stored is read to its end for that.
    """
    create_outlines()
    copy_outlines(reader.outlines())
    with connection.cursor() as cursor:
        cursor.execute(_STORED_OUTLINES, [import_id])
    # All this is rolled back with the refusal.
    expect_many()
    errors = reader.errors
    repeated, count = _repeated(reader)
    if errors.count or count:
        return _refusal([*errors.errors, *repeated], errors.count + count)
    return _refusal(*_wrong_relations(reader))


def _repeated(reader: Reader[Any]) -> tuple[list[FieldError], int]:
    """The first errors, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED)
        rows = cursor.fetchall()
    code = Code.DUPLICATE
    found = [reader.error(number, "citizen_id", code, DETAILS[code]) for number, _ in rows]
    return found, rows[0][-1] if rows else 0


def _wrong_relations(reader: Reader[Any]) -> tuple[list[FieldError], int]:
    """The first errors, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_RELATIONS)
        rows = cursor.fetchall()
    found = [
        reader.error(number, f"{list_}/{index}", Code(code), DETAILS[Code(code)])
        for number, list_, index, code, _ in rows
    ]
    return found, rows[0][-1] if rows else 0


def _refusal(errors: list[FieldError], count: int) -> InvalidDocument:
    # Each kind is in the order of the residents: so are the first of all, and of two on one line those of the fields.
    first = sorted(errors, key=_place)[:MAX_ERRORS]
    return InvalidDocument(first, count - len(first))


def _place(error: FieldError) -> int:
    return int(error.pointer.rpartition(" ")[2])
