"""Long lists, which no process holds as a whole."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet


def read_in_chunks(rows: QuerySet[Any], *, size: int = 1_000) -> Iterator[Any]:
    """Each of `rows`, from a cursor that the server keeps.

    The transaction is explicit: in autocommit PostgreSQL would compute the whole result before the first row, and
    behind a pooler this process would hold all of it.
    """
    with transaction.atomic():
        yield from rows.iterator(chunk_size=size)
