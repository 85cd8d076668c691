"""Takes the wrong rows of a delivery as somebody corrected them in its page, cell by cell."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import transaction

from config.common.problems import Conflict, InvalidInput
from config.common.texts import gettext as _
from imports.documents.judge import Fault, judged
from imports.documents.mended import faults_of, mended
from imports.documents.structs import Resident
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading.corrected_attempt import Corrected, attempt, to_correct
from imports.services.loading.examine_rows import Examination, reader_of

# What was typed into the cells of the row of a number, by field.
Typed = Mapping[int, Mapping[str, str]]
Values = dict[int, dict[str, Any]]


class StillWrong(InvalidInput):
    """Rows are wrong by themselves after the correction, those with these numbers: `faults` says why. Nothing was
    stored."""

    def __init__(self, faults: Mapping[int, list[Fault]]) -> None:
        super().__init__(_("Some of these rows are still wrong. Nothing was loaded."))
        self.faults = faults


@transaction.atomic
def mend_rows(*, import_id: int, typed: Typed, seen: str, actor: User) -> Corrected:
    """Queues the delivery again, each wrong row as it was `typed` in its place; it is checked and loaded as any other,
    all of it or nothing. `seen` is the `token_of` the rows that were typed over.

    Raises as `to_correct` and `attempt`, `Conflict` where these rows are others by now, and `StillWrong`.
    """
    found, examined = to_correct(import_id=import_id, actor=actor)
    wrong = examined.alone | examined.beside.keys()
    if seen != token_of(found) or wrong != typed.keys():
        told = _("Somebody has worked on these rows since you opened the page. Look at them as they are now.")
        raise Conflict(told)
    values = _mended(found, examined, typed)
    rules = rules_on(found.created_at.astimezone(UTC).date())
    if faults := {number: some for number, value in values.items() if (some := faults_of(value, rules))}:
        raise StillWrong(faults)
    return attempt(found, examined, _lines(found, examined, values), corrected=len(values), actor=actor)


def token_of(found: Import) -> str:
    """Tells the rows of one attempt from those of another."""
    return found.settled_at.isoformat() if found.settled_at else ""


def _mended(found: Import, examined: Examination, typed: Typed) -> Values:
    reader = reader_of(found, letters=examined.letters)
    values: Values = {}
    for one in judged(reader, only=typed.keys()):
        number = one.original.number
        marked = {fault.field for fault in [*one.faults, *examined.beside.get(number, ())]}
        values[number] = mended(reader, one.original, typed[number], marked=marked)
    return values


def _lines(found: Import, examined: Examination, values: Values) -> Iterator[bytes]:
    # In their order: a row that is wrong once more has its old number.
    for one in judged(reader_of(found, letters=examined.letters)):
        number = one.original.number
        if number in values:
            yield json.dumps(values[number]).encode() + b"\n"
        elif isinstance(one.found, Resident):
            yield msgspec.json.encode(one.found) + b"\n"
