"""Streamed answers: compressed for those who may have them so."""

import gzip
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.common.http.streams import StreamMiddleware, accepts_gzip, gzipped

PIECE = b'{"citizen_id": 1, "town": "Kyiv"},\n' * 10_000
TOKEN: dict[str, Any] = {"HTTP_AUTHORIZATION": "Token 1", "HTTP_ACCEPT_ENCODING": "gzip"}


class Source:
    """Pieces, and whether somebody closed what they come from."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces, self.is_closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.is_closed = True


def answer(source: Source, **environ: Any) -> Any:
    request = RequestFactory().get("/imports/1/citizens", **environ)
    return StreamMiddleware(lambda _: StreamingHttpResponse(source))(request)


@pytest.mark.parametrize(
    "header", ["gzip", "GZIP", "br, gzip", "*", "gzip;q=0.1, identity", "x-gzip", "deflate, * ; q=1"]
)
def test_gzip_is_accepted(header: str) -> None:
    assert accepts_gzip(header) is True


@pytest.mark.parametrize("header", ["", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "gzip;q=x", ";;,,="])
def test_gzip_is_not_accepted(header: str) -> None:
    assert accepts_gzip(header) is False


@given(st.text(max_size=60))
def test_no_header_is_too_strange(header: str) -> None:
    assert accepts_gzip(header) in {True, False}


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_compressed_stream_is_the_stream(pieces: list[bytes]) -> None:
    assert gzip.decompress(b"".join(gzipped(pieces))) == b"".join(pieces)
    assert all(gzipped(pieces))


def test_a_compressed_stream_that_breaks_off_is_not_whole() -> None:
    broken = gzipped([PIECE] * 3)
    received = next(broken)
    broken.close()  # type: ignore[attr-defined]  # a generator
    with pytest.raises(EOFError):
        gzip.decompress(received)


def test_compressing_takes_no_memory_that_grows_with_the_stream() -> None:
    tracemalloc.start()
    try:
        sizes = [sum(map(len, gzipped(PIECE for _ in range(count)))) for count in (1, 100)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sizes[0] < sizes[1] < 100 * len(PIECE) / 10
    assert peak < 2**20


def test_a_program_gets_a_list_compressed() -> None:
    response = answer(Source(PIECE, PIECE), **TOKEN)
    assert (response.headers["Content-Encoding"], response.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(b"".join(response)) == PIECE * 2


@pytest.mark.parametrize("missing", sorted(TOKEN))
def test_a_session_or_a_caller_who_does_not_ask_gets_it_plain(missing: str) -> None:
    environ = {name: value for name, value in TOKEN.items() if name != missing}
    response = answer(Source(PIECE), **environ)
    assert response.has_header("Content-Encoding") is False
    assert response.headers["Vary"] == "Accept-Encoding"
    assert b"".join(response) == PIECE


def test_what_is_no_stream_stays_as_it_is() -> None:
    request = RequestFactory().get("/", **TOKEN)
    response = StreamMiddleware(lambda _: HttpResponse(PIECE))(request)
    assert isinstance(response, HttpResponse)
    assert response.headers == HttpResponse(PIECE).headers
