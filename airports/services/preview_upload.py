"""What a file of airports would do, row by row, without doing it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User
from django.db.backends.utils import CursorWrapper

from airports.csv.lines import ByteStream
from airports.csv.reading import Reading
from airports.csv.rejections import Rejections
from airports.fields import NAMES
from airports.services.upload_airports import OnError, upload_airports
from config.common.problems import InvalidInput, TooLarge
from config.common.texts import labelled, stored

# Of the rows that would change something, so many are shown.
SHOWN = 50
_AT_ONCE = 1000

_DIFFERENCES = f"""
    SELECT m.line, m.airport_id, m.name, a.id IS NULL, {", ".join(f"a.{name}, m.{name}" for name in NAMES)}
    FROM upload_merged m LEFT JOIN airports_airport a ON a.id = m.airport_id
    WHERE (m.airport_id IS NULL OR m.is_changed) AND m.line > %s
    ORDER BY m.line LIMIT %s
"""  # nosec B608 # joins constants alone; values are parameters
_DISPLACED = """
    SELECT a.id, a.name, a.iata FROM upload_displaced JOIN airports_airport a USING (id) WHERE a.id > %s
    ORDER BY a.id LIMIT %s
"""


def preview_upload(
    *,
    stream: ByteStream,
    actor: User,
    on_error: OnError,
    reading: Reading | None = None,
    rejections: Rejections | None = None,
) -> dict[str, Any]:
    """As JSON for `spoken`: `counts` as `UploadResult` has them, or `refusal`, why nothing would be stored; `errors`,
    the first `{"place", "detail"}`, and `more_errors`; `differences`, the first rows that would change something, each
    `{"line", "airport", "name", "is_new", "changes": {field: {"from", "to"}}}`.

    An airport that would lose its IATA code without being in the file has no line.
    """
    differences: list[dict[str, Any]] = []
    try:
        result = upload_airports(
            stream=stream,
            actor=actor,
            on_error=on_error,
            dry_run=True,
            reading=reading,
            rejections=rejections,
            look=lambda cursor: differences.extend(_differences(cursor)),
        )
    except (InvalidInput, TooLarge) as refusal:
        errors = [{"place": error.pointer, "detail": stored(error.text)} for error in refusal.errors]
        return {
            "refusal": stored(refusal.text),
            "errors": errors,
            "more_errors": refusal.more_errors,
            "differences": [],
        }
    counts = asdict(result)
    del counts["rejected"]
    more = counts.pop("more_rejected")
    errors = [
        {"place": f"line {one.line}", "detail": stored(labelled(one.column, one.text))} for one in result.rejected
    ]
    return {"counts": counts, "errors": errors, "more_errors": more, "differences": differences}


def every_difference(cursor: CursorWrapper) -> Iterator[dict[str, Any]]:
    """All that `preview_upload` shows the first of, in constant memory; `cursor` is that of a `look`."""
    for some in (_changed, _displaced):
        last = 0
        while found := some(cursor, last, _AT_ONCE):
            yield from found
            last = found[-1]["line"] or found[-1]["airport"]


def _differences(cursor: CursorWrapper) -> list[dict[str, Any]]:
    return _changed(cursor, 0, SHOWN) + _displaced(cursor, 0, SHOWN)


def _changed(cursor: CursorWrapper, last: int, limit: int) -> list[dict[str, Any]]:
    cursor.execute(_DIFFERENCES, [last, limit])
    return [_difference(row) for row in cursor.fetchall()]


def _displaced(cursor: CursorWrapper, last: int, limit: int) -> list[dict[str, Any]]:
    cursor.execute(_DISPLACED, [last, limit])
    return [
        {"line": None, "airport": airport, "name": name, "is_new": False, "changes": {"iata": _pair(iata, None)}}
        for airport, name, iata in cursor.fetchall()
    ]


def _difference(row: Sequence[Any]) -> dict[str, Any]:
    line, airport, name, is_new, *values = row
    pairs = zip(NAMES, values[::2], values[1::2], strict=True)
    changes = {field: _pair(before, after) for field, before, after in pairs if before != after}
    return {"line": line, "airport": airport, "name": name, "is_new": is_new, "changes": changes}


def _pair(before: Any, after: Any) -> dict[str, Any]:
    return {"from": before, "to": after}
