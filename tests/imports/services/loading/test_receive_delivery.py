"""Receiving: the body as it is sent, in rows, with its delivery, all of it or nothing."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from config.common.problems import Gone, InvalidInput, NotFound
from imports.models import Import, RawChunk
from imports.services.loading import receive_delivery as service
from imports.services.loading.receive_delivery import receive_delivery, reload_delivery
from tests.factories import people
from tests.imports.world import body_of, load, received

pytestmark = pytest.mark.django_db

Sent = list[tuple[str, int]]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What was enqueued: tasks and deliveries."""
    messages: Sent = []
    monkeypatch.setattr(service, "enqueue", lambda task, *, import_id: messages.append((task, import_id)))
    return messages


def chunks_of(import_id: int) -> list[bytes]:
    return [bytes(chunk.content) for chunk in RawChunk.objects.filter(delivery_id=import_id)]


def test_a_body_is_kept_in_pieces_as_it_came(sent: Sent) -> None:
    actor = User.objects.create_user("anna")
    row = receive_delivery(chunks=[b"ab", b"c"], content_encoding="gzip", source="Mairie", review=True, actor=actor)
    row.refresh_from_db()
    assert chunks_of(row.pk) == [b"ab", b"c"]
    assert (row.status, row.source, row.created_by, row.body_size) == ("queued", "Mairie", actor, 3)
    assert (row.content_encoding, row.stops_when_checked, row.settled_at) == ("gzip", True, None)
    assert sent == [("imports.load", row.pk)]


def test_a_body_that_breaks_off_leaves_nothing(sent: Sent) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a"
        raise InvalidInput("broken off")

    with pytest.raises(InvalidInput):
        receive_delivery(chunks=chunks(), actor=None)
    assert (Import.objects.count(), RawChunk.objects.count(), sent) == (0, 0, [])


def test_a_source_that_is_not_valid_is_refused_before_the_body_is_read() -> None:
    with pytest.raises(InvalidInput):
        receive_delivery(chunks=map(pytest.fail, ["read"]), source="-", actor=None)
    assert Import.objects.count() == 0


def test_a_kept_body_is_loaded_again_as_a_new_import(sent: Sent) -> None:
    maker = User.objects.create_user("anna")
    first = received(body_of(people(2)), actor=maker, source="Mairie", content_encoding="identity")
    Import.objects.update(status="complete", stops_when_checked=True)
    call_command("reload_import", str(first))
    again = Import.objects.latest("id")
    assert again.pk != first
    assert chunks_of(again.pk) == chunks_of(first)
    assert (again.status, again.source, again.created_by, again.stops_when_checked) == (
        "queued",
        "Mairie",
        maker,
        False,
    )
    assert (again.body_size, again.content_encoding) == (len(body_of(people(2))), "identity")
    assert sent[1:] == [("imports.load", again.pk)]


def test_what_is_not_there_is_not_loaded_again() -> None:
    at_once = load(people(1))
    with pytest.raises(Gone):
        reload_delivery(import_id=at_once, actor=None)
    with pytest.raises(NotFound):
        reload_delivery(import_id=at_once + 1, actor=None)
    with pytest.raises(CommandError):
        call_command("reload_import", str(at_once))
    assert Import.objects.count() == 1
