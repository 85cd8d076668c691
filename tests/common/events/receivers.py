"""A receiver of webhooks on loopback: a real HTTP server that keeps what comes and answers as it is told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.serving import serving

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Message:
    """What came."""

    path: str
    headers: Mapping[str, str]
    body: str


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """Answers with it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class Receiver(ThreadingHTTPServer):
    """`answer` says what the next ones are told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[Message] = []
        self.answer: Answer = status(204)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=b"

    def handle_error(self, *_: Any) -> None:
        """Nothing: whoever sends may hang up."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        receiver.messages.append(Message(self.path, dict(self.headers), body))
        receiver.answer(self)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at what came."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """One that is gone at the end."""
    with serving(Receiver()) as receiver:
        yield receiver
