"""The residents of a delivery that were refused, as they were sent, to be mended and delivered again.

They come from the raw body, for as long as it is kept. Who is wrong by themselves is found anew, all of them; who is
wrong beside others alone (an id twice, a relation of one side) as far as the delivery's errors name them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC

from django.contrib.auth.models import User

from config.common.problems import Conflict, Gone, InvalidInput, TooLarge
from config.common.tabular.encodings import utf8
from imports.documents import quick
from imports.documents.checks import field_checks
from imports.documents.errors import ErrorCollector
from imports.documents.exhaustive import check_citizen, citizens_of
from imports.documents.formats import FORMATS
from imports.documents.json_text import load_json
from imports.documents.lines import Lines, cut_lines
from imports.documents.stream import BLANKS, split
from imports.models import Import
from imports.services.access import NoSuchDelivery
from imports.services.document_rules import rules_on
from imports.services.loading.unpack_body import unpack_body
from imports.services.raw_bodies import read_body

_POINTER = re.compile(r"(?:/citizens/|line )(\d+)(?:/|$)")


def has_rejected_lines(found: Import) -> bool:
    """Whether there is something to give out: the errors name residents, and the body is kept. Not of a table, whose
    rows are nothing without their header."""
    is_failed = found.status == Import.Status.FAILED and found.body_size is not None
    return is_failed and not FORMATS[found.media_type].options and bool(_named(found))


def rejected_lines(*, import_id: int, actor: User) -> Iterator[bytes]:
    """The refused residents, one a line, as JSON.

    Raises `NotFound` where `actor` may not see its residents, `Conflict` for a delivery that has not failed, `Gone`
    once the body is erased.
    """
    found = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id).first()
    if found is None:
        raise NoSuchDelivery
    if found.status != Import.Status.FAILED:
        raise Conflict("This delivery has not failed.")
    if FORMATS[found.media_type].options:
        raise Conflict("The refused rows of a table are not given out: its errors name them.")
    if found.body_size is None:
        raise Gone("The raw body of this delivery was erased.")
    refused = _refused_values if FORMATS[found.media_type].is_document else _refused_lines
    return refused(found, _Judge(found))


def _refused_values(found: Import, judge: "_Judge") -> Iterator[bytes]:
    """Yields those of a document, whose residents are numbered from 0."""
    for index, value in enumerate(_values(found)):
        if index in judge.named or not judge.is_right(value):
            yield json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _values(found: Import) -> list[object]:
    """The residents of a document, none where it is no document at all."""
    try:
        return citizens_of(load_json(b"".join(_unpacked(found))), ErrorCollector())
    except (InvalidInput, TooLarge):
        return []


def _refused_lines(found: Import, judge: "_Judge") -> Iterator[bytes]:
    """Yields those of lines, which are numbered from 1. A line that is too long is left out, and so is what is no gzip
    any more."""
    with suppress(InvalidInput, TooLarge):
        for lines in cut_lines(utf8(_unpacked(found))):
            if lines.raw is None or judge.are_right(lines):
                continue
            for number, raw in enumerate(split(lines.raw), start=lines.first):
                if raw.strip(BLANKS) and (number in judge.named or not judge.is_right_text(raw)):
                    yield raw + b"\n"


def _unpacked(found: Import) -> Iterable[bytes]:
    return unpack_body(read_body(found.pk), format=FORMATS[found.media_type], encoding=found.content_encoding)


class _Judge:
    """Says of one resident at a time whether they were refused, on the day on which they came."""

    def __init__(self, found: Import) -> None:
        self.named = _named(found)
        self._rules = rules_on(found.created_at.astimezone(UTC).date())
        self._checks = field_checks(self._rules)

    def are_right(self, lines: Lines) -> bool:
        """Whether all of some lines are, at a quick look; also no where only some are."""
        raw = lines.raw or b""
        citizens = quick.decode_lines(raw)
        if citizens is None or any(lines.first <= number < lines.first + len(citizens) for number in self.named):
            return False
        return quick.are_valid_alone(citizens, raw=raw, rules=self._rules)

    def is_right_text(self, raw: bytes) -> bool:
        """Whether one line holds somebody who is right by themselves."""
        try:
            return self.is_right(load_json(raw))
        except InvalidInput:
            return False

    def is_right(self, value: object) -> bool:
        """Whether one resident is right by themselves."""
        errors = ErrorCollector()
        check_citizen(value, "", self._checks, errors)
        return not errors.count


def _named(found: Import) -> set[int]:
    """The numbers of those whom the errors name."""
    matches = (_POINTER.match(error.get("pointer", "")) for error in found.errors)
    return {int(match[1]) for match in matches if match}
