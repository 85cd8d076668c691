"""Feeding COPY: every byte arrives once, failures are raised as what they are and at once."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction

from config.common.db import feed_copy as module
from config.common.db.errors import as_problem
from config.common.db.feed_copy import Feed, feed_copy
from config.common.problems import NoSpace

pytestmark = pytest.mark.django_db

_FAIL = """
    CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF new.n = 10 THEN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END IF;
        RETURN new;
    END $$;
    CREATE TRIGGER fail BEFORE INSERT ON numbers FOR EACH ROW EXECUTE FUNCTION pg_temp.fail()
"""
_SPEAK = """
    CREATE FUNCTION pg_temp.speak() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF new.n % 1000 = 10 THEN RAISE NOTICE 'by the way'; END IF;
        RETURN new;
    END $$;
    CREATE TRIGGER speak BEFORE INSERT ON numbers FOR EACH ROW EXECUTE FUNCTION pg_temp.speak()
"""


@pytest.fixture(autouse=True)
def numbers(db: None) -> None:
    """A table to copy into."""
    execute("CREATE TEMPORARY TABLE numbers (n bigint) ON COMMIT DROP")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def stored() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM numbers ORDER BY n")
        return [number for (number,) in cursor.fetchall()]


def chunks(count: int, *, told: list[int] | None = None) -> Iterator[bytes]:
    """`count` chunks of a hundred kilobytes and more."""
    for number in range(count):
        if told is not None:
            told.append(number)
        yield b"".join(b"%015d\n" % n for n in range(8_000 * number, 8_000 * (number + 1)))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_every_byte_is_handed_over_once(size: int) -> None:
    feed = Feed([b"abc", b"", b"de", b"f"])
    pieces = []
    while piece := feed.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    assert b"".join(pieces) == b"abcdef"


def test_what_making_the_chunks_raises_is_raised_as_it_is() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"1\n"
        raise KeyError("why")

    with pytest.raises(KeyError, match="why"), transaction.atomic():
        feed_copy("COPY numbers FROM STDIN", breaking())
    assert stored() == []


def test_a_failure_of_the_server_is_raised_before_the_last_chunk() -> None:
    execute(_FAIL)
    told: list[int] = []
    with pytest.raises(DatabaseError) as failure, transaction.atomic():
        feed_copy("COPY numbers FROM STDIN", chunks(200, told=told))
    assert isinstance(as_problem(failure.value), NoSpace)
    assert len(told) < 100


def test_a_server_that_says_something_else_gets_every_row() -> None:
    execute(_SPEAK)
    execute("SET LOCAL client_min_messages = notice")
    feed_copy("COPY numbers FROM STDIN", chunks(20))
    assert stored() == list(range(160_000))


def test_without_a_look_at_the_server_a_failure_waits_for_the_last_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(Feed):
        def read(self, size: int) -> bytes:
            self._notices.unregister(connection.connection.fileno())
            piece = super().read(size)
            self._notices.register(connection.connection.fileno(), 1)
            return piece

    monkeypatch.setattr(module, "Feed", Deaf)
    execute(_FAIL)
    told: list[int] = []
    with pytest.raises(DatabaseError), transaction.atomic():
        feed_copy("COPY numbers FROM STDIN", chunks(30, told=told))
    assert len(told) == 30
