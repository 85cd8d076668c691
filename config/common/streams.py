"""Streamed answers: compressed where that is safe, and cut off where nobody reads them.

An answer that is cut off never looks whole: the connection is reset before its last chunk, so that a client gets an
error, and not a shorter list.
"""

import errno
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# zlib's number for "gzip, with the largest window".
_GZIP_WINDOW = 31
# The quickest: level 6 takes three times as long for lists a fifth smaller.
_LEVEL = 1
# SO_LINGER: what is not sent yet is thrown away at the close, and the caller gets a reset.
_RESET = struct.pack("ii", 1, 0)

logger = structlog.get_logger(__name__)


class CutOff(ConnectionResetError):
    """An answer took longer than it may."""


class StreamMiddleware:
    """Compresses streamed lists, and limits for how long any answer may keep a thread, and a transaction, waiting."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        limit = _Limit(request)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            _compress(request, response)
            response.streaming_content = limit.watched(_pieces(response))
        else:
            limit.whole()
        return response


class _Limit:
    """How long the caller may take to read an answer.

    The socket's own timeout sees to it: the server's thread is woken where it waits, in `sendall`, and closes the
    answer, which ends the transaction behind it. A socket is set back before its next request.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._path = request.path
        self._socket: socket.socket | None = request.META.get("gunicorn.socket")
        self._ends = time.monotonic() + settings.ANSWER_SECONDS

    def whole(self) -> None:
        """Limits an answer that is sent at once."""
        self._allow(settings.ANSWER_SECONDS)

    def watched(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, each of which must be read in `ANSWER_STALL_SECONDS`, and all in `ANSWER_SECONDS`."""
        sent = 0
        for piece in pieces:
            left = self._ends - time.monotonic()
            if left <= 0:
                self._cut_off(sent)
                raise CutOff(errno.ECONNRESET, "The answer took too long.")
            allowed = min(left, settings.ANSWER_STALL_SECONDS)
            self._allow(allowed)
            given = time.monotonic()
            try:
                yield piece
            except GeneratorExit:
                if time.monotonic() - given >= allowed:
                    self._cut_off(sent)
                raise
            sent += len(piece)

    def _allow(self, seconds: float) -> None:
        if self._socket is not None:
            self._socket.settimeout(seconds)

    def _cut_off(self, sent: int) -> None:
        logger.warning("stream_cut_off", path=self._path, bytes_sent=sent)
        if self._socket is None:
            return
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            # Also for reading: the server would wait two seconds for the caller to close its side.
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("stream_cut_off_after_the_caller")


def _compress(request: HttpRequest, response: StreamingHttpResponse) -> None:
    """Not for a browser's session: a foreign page can have it ask again and again, and somebody who sees the sizes of
    compressed answers learns what stands in them (BREACH). A token is not sent by itself.
    """
    if response.has_header("Content-Encoding"):
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if "HTTP_AUTHORIZATION" in request.META and accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response.headers["Content-Encoding"] = "gzip"
        response.streaming_content = gzipped(_pieces(response))


def _pieces(response: StreamingHttpResponse) -> Iterator[bytes]:
    # Django's type also allows what an asynchronous view would stream.
    return iter(response.streaming_content)  # type: ignore[arg-type]


def accepts_gzip(header: str) -> bool:
    """Whether `Accept-Encoding` allows gzip: by its name, else by `*`, with a weight that is not 0."""
    weights: dict[str, float] = {}
    for offer in header.lower().split(","):
        name, *parameters = (part.strip() for part in offer.split(";"))
        weights[name] = _weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as one gzip stream. One that breaks off has no end that a reader would take for its own."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP_WINDOW)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
