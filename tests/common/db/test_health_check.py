"""A kept connection: asked after a while and in doubt whether it lives, and replaced where it does not."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connections
from django.db.backends.postgresql import base

from config.common.db.postgresql import base as module
from config.common.db.postgresql.base import DatabaseWrapper
from config.embedded.process import wait_until


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Any]:
    """A connection of its own, as a thread of the web server keeps it between two requests."""
    connection = connections.create_connection("default")
    connection.ensure_connection()
    yield connection
    connection.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each question to the server whether it lives."""
    questions: list[int] = []
    ask = base.DatabaseWrapper.is_usable

    def counting(self: Any) -> bool:
        questions.append(1)
        return ask(self)

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", counting)
    return questions


def request(connection: Any) -> int:
    """What a request does: the check before it, a statement. The server process that answers."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(connection: Any, pid: int) -> None:
    """Ends a server process and returns when its connection has heard of it."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert wait_until(connection.has_word, 10)


def test_the_server_is_asked_at_first_and_after_a_while_alone(
    kept: Any, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len({request(kept) for _ in range(3)}) == len(asked) == 1
    monkeypatch.setattr(module, "IDLE_SECONDS", 0)
    request(kept)
    assert len(asked) == 2


def test_a_connection_that_the_server_ended_is_replaced_at_once(kept: Any) -> None:
    first = request(kept)
    end(kept, first)
    assert request(kept) != first


def test_without_a_look_at_the_socket_the_request_would_fail(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    end(kept, request(kept))
    monkeypatch.setattr(DatabaseWrapper, "has_word", lambda _self: False)
    with pytest.raises(OperationalError) as error:
        request(kept)
    assert isinstance(error.value.__cause__, psycopg2.OperationalError)
