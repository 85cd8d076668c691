"""Streamed answers: compressed where that is safe, and cut off where nobody reads them.

An answer that is cut off never looks whole: the connection ends before its last chunk, so that a client gets an error,
and not a shorter list.
"""

import zlib
from collections.abc import Iterable, Iterator

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from config.common.http.patience import reading

# zlib's number for "gzip, with the largest window".
_GZIP_WINDOW = 31
# The quickest: level 6 takes three times as long for lists a fifth smaller.
_LEVEL = 1


class StreamMiddleware(MiddlewareMixin):
    """Compresses streamed lists, and limits for how long their reader may keep a thread, and a transaction, waiting."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            _compress(request, response)
            response.streaming_content = reading(request.META, _pieces(response))
        return response


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
