"""The trail of reads: who saw which residents, written down before they see them.

A read that cannot be written down does not take place: whoever could read while the trail is broken could read
unnoticed by breaking it. So the row is written first, by one statement, and a failure is `Unavailable`.

Nobody waits for the disk to read: the row is committed and survives every end of our own processes, but where the
database's machine itself fails, up to the last 0.6 seconds of rows (three times PostgreSQL's `wal_writer_delay`) may be
gone with it. That is no silent loss, a crash of the database is in its log; waiting costs some milliseconds a read, ten
times as much as all the rest. Handing out everything about a person, and erasing it, is rare, and does wait.
"""

from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction

from config.common.privacy.models import ReadAudit
from config.common.privacy.readers import Reader, Residents
from config.common.problems import Unavailable
from config.common.replicas.turning import on_primary
from config.common.texts import gettext as _

What = ReadAudit.What
_AT_ONCE = 5_000
_WAITS = frozenset({What.EXPORTED, What.ERASED})

# By hand: a model's `create` takes as long as the rest of the request's work for one resident.
_INSERT = """
    INSERT INTO privacy_readaudit
        (at, account_id, username, via, what, format, import_id, citizen_id, request_id, address)
    SELECT clock_timestamp(), %s, %s, %s, %s, %s, seen.import_id, seen.citizen_id, %s, %s
    FROM unnest(%s::bigint[], %s::bigint[]) AS seen (import_id, citizen_id)
"""
# For this statement's own transaction.
_SOON = _INSERT + ", set_config('synchronous_commit', 'off', true)"
_PRUNE = """
    DELETE FROM privacy_readaudit WHERE id = ANY (ARRAY(
        SELECT id FROM privacy_readaudit WHERE at < now() - make_interval(days => %s) ORDER BY at LIMIT %s
    ))
"""


def record_read(*, reader: Reader, what: ReadAudit.What, residents: Residents, form: str = "") -> None:
    """Writes down that `reader` is about to have `residents`, a row for each. Nobody: nothing.

    Raises `Unavailable` where that is not possible. Inside a transaction the row is part of it.
    """
    seen = list(residents)
    if not seen:
        return
    # Inside a transaction the setting would be that of whatever else is written there.
    with on_primary():
        waits = what in _WAITS or connection.in_atomic_block
    values: list[Any] = [reader.account_id, reader.username, reader.via, what, form, reader.request_id, reader.address]
    values += [[number for number, _ in seen], [number for _, number in seen]]
    try:
        with on_primary(), connection.cursor() as cursor:
            cursor.execute(_INSERT if waits else _SOON, values)
    except Error as error:
        detail = _("This read cannot be written down at the moment, so it is refused.")
        raise Unavailable(detail) from error


def prune_reads() -> int:
    """Removes what is older than `READ_AUDIT_DAYS`, some thousand rows at a time. How many; 0 days: they stay.

    May be killed and repeated at any point.
    """
    days, gone = settings.READ_AUDIT_DAYS, 0
    while days > 0 and (count := _prune_some(days)):
        gone += count
    return gone


@transaction.atomic
def _prune_some(days: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [days, _AT_ONCE])
        return int(cursor.rowcount)
