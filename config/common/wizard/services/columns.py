"""Remembers what the columns of a file are, by its source and its header."""

import hashlib
import json
from collections.abc import Sequence

from django.utils import timezone

from config.common.wizard.models import KnownColumns


def header_hash(names: Sequence[str]) -> str:
    """What stands for a header: the names of the columns, in any case and with any spaces around them."""
    folded = [" ".join(name.split()).casefold() for name in names]
    return hashlib.sha256(json.dumps(folded).encode()).hexdigest()


def remember_columns(*, kind: str, source: str, names: Sequence[str], columns: Sequence[str]) -> None:
    """Keeps what the columns called `names` are, in the place of what was said before."""
    values = {"columns": list(columns), "said_at": timezone.now()}
    KnownColumns.objects.update_or_create(kind=kind, source=source, header_hash=header_hash(names), defaults=values)


def known_columns(*, kind: str, source: str, names: Sequence[str]) -> list[str] | None:
    """What was said of such a file the last time, None where nobody did."""
    known = KnownColumns.objects.filter(kind=kind, source=source, header_hash=header_hash(names)).first()
    return list(known.columns) if known is not None and len(known.columns) == len(names) else None
