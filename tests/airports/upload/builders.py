"""Files of airports for tests."""

import csv
import io
from typing import Any

from airports.fields import NAMES
from airports.services.upload_airports import UploadResult, upload_airports

PLACE = {"name": "Somewhere", "latitude": "1.5", "longitude": "2.5"}


def table(*rows: dict[str, Any], header: bool = True) -> bytes:
    """A CSV file; what a row does not name is empty, but every row has a name and a place."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, NAMES, restval="")
    if header:
        writer.writeheader()
    writer.writerows(PLACE | row for row in rows)
    return text.getvalue().encode()


def upload(*rows: dict[str, Any], **how: Any) -> UploadResult:
    """Uploads `rows`, the first of which stands on line 2."""
    return upload_bytes(table(*rows), **how)


def upload_bytes(content: bytes, **how: Any) -> UploadResult:
    """Uploads a file as it is."""
    return upload_airports(stream=io.BytesIO(content), **{"actor": None} | how)


def counts(result: UploadResult) -> dict[str, int]:
    """The counts that are not 0, and the number of rejected values."""
    names = ("rows", "created", "updated", "unchanged", "displaced", "skipped_deleted")
    numbers = {name: getattr(result, name) for name in names} | {"rejected": len(result.rejected)}
    return {name: number for name, number in numbers.items() if number}
