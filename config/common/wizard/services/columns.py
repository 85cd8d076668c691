"""Remembers what the columns of a file are, by its source and its header."""

import hashlib
import json
from collections.abc import Sequence

from django.utils import timezone

from config.common.tabular.wrong_rows import is_why
from config.common.wizard.models import KnownColumns


def header_hash(names: Sequence[str]) -> str:
    """What stands for a header: the names of the columns, in any case and with any spaces around them, without the one
    that says what was wrong."""
    folded = [" ".join(name.split()).casefold() for name in names if not is_why(name)]
    return hashlib.sha256(json.dumps(folded).encode()).hexdigest()


def remember_columns(*, kind: str, source: str, names: Sequence[str], columns: Sequence[str]) -> None:
    """Keeps what the columns called `names` are, in the place of what was said before."""
    named = [field for name, field in zip(names, columns, strict=True) if not is_why(name)]
    values = {"columns": named, "said_at": timezone.now()}
    KnownColumns.objects.update_or_create(kind=kind, source=source, header_hash=header_hash(names), defaults=values)


def known_columns(*, kind: str, source: str, names: Sequence[str]) -> list[str] | None:
    """What was said of such a file the last time, None where nobody did."""
    known = KnownColumns.objects.filter(kind=kind, source=source, header_hash=header_hash(names)).first()
    if known is None:
        return None
    fields = iter(known.columns)
    return ["" if is_why(name) else next(fields) for name in names]
