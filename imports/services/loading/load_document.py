"""Takes a delivery of residents in: all of it or nothing."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from config.common.db.disk import Growth
from config.common.db.feed_copy import feed_copy
from config.common.problems import InvalidInput
from imports.documents.copy import COLUMNS, copy_rows
from imports.documents.formats import Format
from imports.documents.reader import read_document
from imports.documents.structs import Resident
from imports.models import Import
from imports.services.document_rules import rules_on

DEFAULT_SOURCE = "default"
# Measured with 200,000 residents as NDJSON, from the shortest possible to the demo's: 1.1 to 1.2, and 1.4 to 1.7.
RESIDENTS = Growth(stored=1.25, logged=1.75)
# The same residents as CSV and as a workbook, which have no names of fields in each: 2.6 to 3.0, and 3.4 to 3.9.
ROWS = Growth(stored=3.5, logged=4.5)
_COPY = f"COPY imports_citizen ({', '.join(COLUMNS)}) FROM STDIN"


def load_document(
    *, body: bytes, source: str = DEFAULT_SOURCE, actor: User | None, import_id: int | None = None
) -> Import:
    """Stores the delivery `{"citizens": […]}` and returns it, complete; as `import_id` where one was reserved.

    Raises `InvalidInput` with every offending value, `TooLarge` beyond `IMPORT_MAX_CITIZENS`; nothing is stored then.
    """
    check_source(source)
    citizens = read_document(body, max_citizens=settings.IMPORT_MAX_CITIZENS, rules=rules_on())
    return store_residents(citizens, source=source, actor=actor, import_id=import_id)


def growth_of(format: Format) -> Growth:
    """How much room a delivery takes that is written so."""
    return ROWS if format.options else RESIDENTS


class InvalidSource(InvalidInput):
    """What is given as the supplier's name is none."""

    def __init__(self) -> None:
        super().__init__("1 to 64 characters, at least one of them a letter or a digit, name a source.")


def check_source(source: str) -> None:
    """Raises `InvalidSource` unless `source` is 1 to 64 characters with a letter or digit."""
    if not (1 <= len(source) <= 64 and any(c.isalnum() for c in source) and "\0" not in source):
        raise InvalidSource


def reserve_ids(count: int) -> list[int]:
    """Ids for `count` deliveries that are to be in this order, whichever is stored first. One that is not used is
    lost."""
    table = Import._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return sorted(number for (number,) in cursor.fetchall())


@transaction.atomic
def store_residents(
    citizens: list[Resident], *, source: str, actor: User | None, import_id: int | None = None
) -> Import:
    """Writes checked residents by one COPY, in one transaction with their delivery."""
    now = timezone.now()
    count = len(citizens)
    loaded = Import.objects.create(
        pk=import_id,
        source=source,
        status=Import.Status.COMPLETE,
        citizen_count=count,
        processed=count,
        created_at=now,
        created_by=actor,
        completed_at=now,
        settled_at=now,
    )
    copy_residents(copy_rows(citizens, loaded.pk))
    return loaded


def copy_residents(chunks: Iterable[bytes]) -> None:
    """Streams rows in COPY's text format into the table, inside the caller's transaction."""
    feed_copy(_COPY, chunks)
