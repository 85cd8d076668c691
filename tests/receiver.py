"""A small Sentry on loopback: a real HTTP server that takes real envelopes, packed as they come."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli

from tests.serving import serving


class Receiver(ThreadingHTTPServer):
    """What arrived: each item of an envelope with its type, and everything as it came, headers and all."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items: list[tuple[str, dict[str, Any]]] = []
        self.raw = b""

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server_port}/1"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The items of a type, `event`, `transaction` or `check_in`."""
        return [item for name, item in list(self.items) if name == kind]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert self.path == "/api/1/envelope/"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = _UNPACK[self.headers.get("Content-Encoding", "identity")](body)
        receiver = self.server
        assert isinstance(receiver, Receiver)
        receiver.raw += bytes(self.headers) + body
        receiver.items += _items(body)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at what came."""


# The SDK prefers brotli where it is installed, as it is among the development requirements.
_UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, "identity": bytes}


def _items(envelope: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    _, _, rest = envelope.partition(b"\n")
    while rest.strip():
        line, _, rest = rest.lstrip(b"\n").partition(b"\n")
        header = json.loads(line)
        payload, rest = rest[: header["length"]], rest[header["length"] :]
        yield header["type"], json.loads(payload)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """One that is gone at the end."""
    with serving(Receiver()) as receiver:
        yield receiver
