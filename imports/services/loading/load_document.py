"""Takes a delivery of residents in: all of it or nothing."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from config.common.db.disk import Growth
from config.common.db.feed_copy import feed_copy
from imports.documents.copy import COLUMNS, copy_rows
from imports.documents.formats import Format
from imports.documents.reader import read_document
from imports.documents.structs import Resident
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.naming.resolve_source import DEFAULT_SOURCE, expect_source, name_source
from imports.services.residents.carry_corrections import carry_corrections

# Measured with 200,000 residents as NDJSON, from the shortest possible to the demo's: 1.1 to 1.2, and 1.4 to 1.7.
RESIDENTS = Growth(stored=1.25, logged=1.75)
# The same residents as CSV and as a workbook, which have no names of fields in each: 2.6 to 3.0, and 3.4 to 3.9.
ROWS = Growth(stored=3.5, logged=4.5)
_COPY = f"COPY imports_citizen ({', '.join(COLUMNS)}) FROM STDIN"


def load_document(
    *, body: bytes, source: str = DEFAULT_SOURCE, actor: User | None, import_id: int | None = None, carry: bool = False
) -> Import:
    """Stores the delivery `{"citizens": […]}` and returns it, complete; as `import_id` where one was reserved. `carry`:
    with the corrections of the one that it replaces (`carry_corrections`).

    Raises as `expect_source`, `InvalidInput` with every offending value, `TooLarge` beyond `IMPORT_MAX_CITIZENS`;
    nothing is stored then.
    """
    expect_source(source, actor=actor)
    citizens = read_document(body, max_citizens=settings.IMPORT_MAX_CITIZENS, rules=rules_on())
    with transaction.atomic():
        loaded = store_residents(citizens, source=source, actor=actor, import_id=import_id)
        name_source(source)
        if carry:
            carry_corrections(import_id=loaded.pk, actor=actor)
    return loaded


def growth_of(format: Format) -> Growth:
    """How much room a delivery takes that is written so."""
    return ROWS if format.options else RESIDENTS


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
