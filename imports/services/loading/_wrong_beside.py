"""Which of the residents outlined in `imports_outline` are wrong beside others, each of them.

The number of one who is wrong by themselves is negative there: nothing is said of their relations, nor of the relations
of others to them.
"""

from collections.abc import Iterator

from django.db import connection

from config.common.texts import gettext as _
from imports.documents.codes import Code
from imports.documents.errors import DETAILS
from imports.documents.judge import Fault

_NAMED = 5
_AT_ONCE = 5_000
_REPEATED = """
    SELECT abs(number) FROM (
        SELECT number, count(*) OVER (PARTITION BY citizen_id) AS times FROM imports_outline
    ) AS counted WHERE times > 1
"""
# Of a relation that one side names nobody knows which side is right, so both are given. `all_known` says that the id of
# everybody could be read: else a name that stands for nobody may stand for one of the others. Rows of an id that is
# repeated are wrong as it is: one of them is enough here, and all of them would be their number squared.
_RELATIONS = f"""
    WITH named AS MATERIALIZED (
        SELECT number, citizen_id, list, other FROM imports_outline, LATERAL (
            SELECT 'relatives', unnest(relatives) UNION ALL SELECT 'friends', unnest(friends)
        ) AS listed (list, other)
    ), one_sided AS MATERIALIZED (
        SELECT one.number, one.citizen_id, one.list, one.other, known.number AS other_number
        FROM named AS one LEFT JOIN (
            SELECT citizen_id, max(number) AS number FROM imports_outline GROUP BY citizen_id
        ) AS known ON known.citizen_id = one.other
        WHERE NOT EXISTS (
            SELECT FROM named AS back
            WHERE back.citizen_id = one.other AND back.other = one.citizen_id AND back.list = one.list
        )
    ), wrong AS (
        SELECT number, list, other, 'unknown_citizen' AS code FROM one_sided
        WHERE other_number IS NULL AND %(all_known)s
        UNION ALL SELECT number, list, other, 'not_mutual' FROM one_sided WHERE other_number > 0
        UNION ALL SELECT other_number, list, citizen_id, 'not_named' FROM one_sided WHERE other_number > 0
        UNION ALL
        SELECT friend.number, 'friends', other, 'in_both_lists'
        FROM named AS friend JOIN named AS relative USING (number, other)
        WHERE friend.list = 'friends' AND relative.list = 'relatives'
    )
    SELECT number, list, code, (array_agg(DISTINCT other))[1:{_NAMED}], count(DISTINCT other)
    FROM wrong GROUP BY number, list, code ORDER BY number, list DESC, code
"""  # nosec B608 # joins constants alone; values are parameters
_SENTENCES = {
    "unknown_citizen": _("Stands for nobody in the file: resident %(ids)s."),
    "not_mutual": _("Does not name this one in return: resident %(ids)s."),
    "not_named": _("Names this one, and is not named in return: resident %(ids)s."),
    "in_both_lists": _("Stands in relatives too: resident %(ids)s."),
}
_REASONS = {
    "unknown_citizen": _("Stands for nobody in the file"),
    "not_mutual": _("Does not name this one in return"),
    "not_named": _("Names this one, and is not named in return"),
    "in_both_lists": _("Stands in relatives too"),
}


def wrong_beside_others(*, all_known: bool) -> Iterator[tuple[int, Fault]]:
    """The number of each, with what is wrong, one by one; those with an id that occurs twice first."""
    # A cursor of the server: only so many are in memory.
    with connection.chunked_cursor() as cursor:
        cursor.execute(_REPEATED)
        while rows := cursor.fetchmany(_AT_ONCE):
            for (number,) in rows:
                yield number, Fault("citizen_id", Code.DUPLICATE, DETAILS[Code.DUPLICATE])
    with connection.chunked_cursor() as cursor:
        cursor.execute(_RELATIONS, {"all_known": all_known})
        while rows := cursor.fetchmany(_AT_ONCE):
            for number, field, code, others, count in rows:
                yield number, Fault(field, code, _SENTENCES[code] % {"ids": _some(others, count)}, _REASONS[code])


def _some(others: list[int], count: int) -> str:
    named = ", ".join(map(str, others))
    return (
        _("%(ids)s and %(more)s more") % {"ids": named, "more": count - len(others)} if count > len(others) else named
    )
