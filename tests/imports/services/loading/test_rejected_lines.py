"""The residents that were refused, as they were sent."""

import gzip
import json
from typing import Any

import pytest

from config.common.problems import Conflict, Gone, NotFound
from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.loading.rejected_lines import has_rejected_lines, rejected_lines
from tests.factories import people
from tests.imports.admin.people import somebody
from tests.imports.world import body_of, load, received

pytestmark = pytest.mark.django_db(transaction=True)
NDJSON = "application/x-ndjson"


def lines_of(citizens: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(citizen).encode() + b"\n" for citizen in citizens)


def failed(body: bytes, **values: Any) -> int:
    import_id = received(body, **values)
    assert load_received(import_id=import_id) == "failed"
    return import_id


def given_out(import_id: int) -> list[Any]:
    lines = rejected_lines(import_id=import_id, actor=somebody("Managers"))
    return [json.loads(line) for line in b"".join(lines).splitlines()]


@pytest.mark.parametrize("media_type", ["application/json", NDJSON])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_all_who_are_wrong_by_themselves_are_given_out_also_beyond_the_listed_errors(
    media_type: str, encoding: str
) -> None:
    citizens = people(400)
    wrong = citizens[1::2]
    for citizen in wrong:
        citizen["town"] = ""
    body = body_of(citizens) if media_type != NDJSON else lines_of(citizens)
    values = {"media_type": media_type, "content_encoding": encoding}
    import_id = failed(gzip.compress(body) if encoding else body, **values)
    found = Import.objects.get(pk=import_id)
    assert (len(found.errors), found.more_errors, has_rejected_lines(found)) == (100, 100, True)
    assert given_out(import_id) == wrong


@pytest.mark.parametrize("media_type", ["application/json", NDJSON])
def test_who_is_wrong_beside_others_is_given_out_too(media_type: str) -> None:
    citizens = people(3)
    citizens[1]["friends"] = [3]
    body = body_of(citizens) if media_type != NDJSON else lines_of(citizens)
    assert given_out(failed(body, media_type=media_type)) == [citizens[1]]


@pytest.mark.parametrize("media_type", ["application/json", NDJSON])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_read_over_here_too(media_type: str, encoding: str) -> None:
    citizens = people(3)
    citizens[1]["town"] = ""
    body = body_of(citizens) if media_type != NDJSON else lines_of(citizens)
    assert given_out(failed(body.decode().encode(encoding), media_type=media_type)) == [citizens[1]]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"citizens": 1}'])
def test_of_what_is_no_delivery_nothing_is_given_out(body: bytes) -> None:
    import_id = failed(body)
    assert given_out(import_id) == []
    assert not has_rejected_lines(Import.objects.get(pk=import_id))


def test_a_line_is_given_out_as_it_was_sent() -> None:
    body = b'{"citizen_id": 1, "town": 1e400}\nnot json\n'
    import_id = failed(body, media_type=NDJSON)
    assert b"".join(rejected_lines(import_id=import_id, actor=somebody("Managers"))) == body


def test_without_a_body_a_failure_or_a_right_there_is_nothing() -> None:
    manager = somebody("Managers")
    import_id = failed(b"{}")
    with pytest.raises(NotFound):
        rejected_lines(import_id=import_id, actor=somebody("Importers"))
    with pytest.raises(Conflict):
        rejected_lines(import_id=load(people(1)), actor=manager)
    Import.objects.filter(pk=import_id).update(body_size=None)
    with pytest.raises(Gone):
        rejected_lines(import_id=import_id, actor=manager)
