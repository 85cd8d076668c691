"""Stores the good rows of a received delivery, where somebody chose to leave the wrong ones out."""

from collections.abc import Callable, Iterator
from itertools import islice

from django.db import connection

from imports.documents.copy import copy_rows
from imports.documents.structs import Resident
from imports.models import Import
from imports.services.loading._check_whole import is_whole
from imports.services.loading.examine_rows import Connection, examine_rows, good_residents, reader_of
from imports.services.loading.load_document import copy_residents
from imports.services.loading.load_empty import EmptyDelivery

_AT_ONCE = 500
# Who is left out is named by nobody who stays.
_FORGET = """
    UPDATE imports_citizen AS one SET relatives = {relatives}, friends = {friends}
    WHERE import_id = %(id)s AND EXISTS (
        SELECT FROM unnest(relatives || friends) AS named (other) WHERE NOT EXISTS (
            SELECT FROM imports_citizen AS known WHERE known.import_id = %(id)s AND known.citizen_id = other
        )
    )
"""
_STAYING = """ARRAY(
    SELECT other FROM unnest(one.{name}) WITH ORDINALITY AS named (other, place)
    WHERE EXISTS (SELECT FROM imports_citizen AS known WHERE known.import_id = %(id)s AND known.citizen_id = other)
    ORDER BY place
)"""


def store_good(delivery: Import, *, over: Connection, tell: Callable[[int], None]) -> tuple[int, int]:
    """Stores everybody who is right, inside the caller's transaction: how many, and how many rows were left out.

    The body is read over the connection `over`; `tell` hears how many were stored so far. Raises as `examine_rows`, and
    `EmptyDelivery` where nobody is right.
    """
    examined = examine_rows(delivery, over=over)
    if examined.rows == examined.wrong > 0:
        raise EmptyDelivery(delivery.source)
    reader = reader_of(delivery, letters=examined.letters, over=over)
    told = _told(good_residents(reader, examined), tell)
    copy_residents(chunk for some in told for chunk in copy_rows(some, delivery.pk))
    if examined.wrong:
        lists = {name: _STAYING.format(name=name) for name in ("relatives", "friends")}
        with connection.cursor() as cursor:
            cursor.execute(_FORGET.format(**lists), {"id": delivery.pk})
    if not is_whole(delivery.pk):
        raise AssertionError("The good rows of a delivery are not right as a whole.")
    return examined.rows - examined.wrong, examined.wrong


def _told(residents: Iterator[Resident], tell: Callable[[int], None]) -> Iterator[list[Resident]]:
    count = 0
    while some := list(islice(residents, _AT_ONCE)):
        yield some
        count += len(some)
        tell(count)
