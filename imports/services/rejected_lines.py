"""The residents of a delivery that were refused, as they were sent, to be mended and delivered again.

They come from the raw body, for as long as it is kept. Who is wrong by themselves is found anew, all of them; who is
wrong beside others alone (an id twice, a relation of one side) as far as the import's errors name them.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC

from django.conf import settings
from django.contrib.auth.models import User

from config.common.encodings import decoded
from config.common.problems import Conflict, Gone, InvalidInput, NotFound, TooLarge
from imports.documents.errors import ErrorCollector
from imports.documents.exhaustive import check_citizen, citizens_of
from imports.documents.fields import Check, field_checks
from imports.documents.json_text import load_json
from imports.models import Import
from imports.services.raw_bodies import read_body

_POINTER = re.compile(r"/citizens/(\d+)(?:/|$)")


def has_rejected_lines(found: Import) -> bool:
    """Whether there is something to give out: of a failed import whose errors name residents, while its body is kept."""
    return found.status == Import.Status.FAILED and found.body_size is not None and bool(_named(found))


def rejected_lines(*, import_id: int, actor: User) -> Iterator[bytes]:
    """The refused residents, one a line, as JSON.

    Raises `NotFound` where `actor` may not see its residents, `Conflict` for an import that has not failed, `Gone` once
    the body is erased.
    """
    found = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    if found.status != Import.Status.FAILED:
        raise Conflict("This import has not failed.")
    if found.body_size is None:
        raise Gone("The raw body of this import was erased.")
    return _refused(found, field_checks(found.created_at.astimezone(UTC).date()))


def _refused(found: Import, checks: dict[str, Check]) -> Iterator[bytes]:
    named = _named(found)
    for index, value in enumerate(_values(found)):
        if index in named or not _is_right(value, checks):
            yield json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _values(found: Import) -> list[object]:
    """The residents of a document, none where it is no document at all."""
    try:
        chunks = read_body(found.pk)
        body = decoded(chunks, encoding=found.content_encoding, max_bytes=settings.IMPORT_MAX_BYTES)
        return citizens_of(load_json(body), ErrorCollector())
    except (InvalidInput, TooLarge):
        return []


def _is_right(value: object, checks: dict[str, Check]) -> bool:
    errors = ErrorCollector()
    check_citizen(value, "", checks, errors)
    return not errors.count


def _named(found: Import) -> set[int]:
    """The places of those whom the errors name."""
    matches = (_POINTER.match(error.get("pointer", "")) for error in found.errors)
    return {int(match[1]) for match in matches if match}
