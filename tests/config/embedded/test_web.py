import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.embedded import web
from config.embedded.errors import EmbeddedError


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_that_stays_taken_is_named_with_the_way_out(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "LEAVE_SECONDS", 0.1)
    port = listener.getsockname()[1]
    with pytest.raises(EmbeddedError) as refusal:
        web.wait_until_free("127.0.0.1", port)
    assert str(refusal.value) == (
        f"Port {port} of 127.0.0.1 is taken by another program. Choose another: make run PORT={port + 1}"
    )


def test_a_port_that_an_earlier_run_leaves_is_waited_for(listener: socket.socket) -> None:
    leaving = threading.Timer(0.3, listener.close)
    leaving.start()
    web.wait_until_free("127.0.0.1", listener.getsockname()[1])
    leaving.join()
    assert listener.fileno() == -1


def test_an_address_of_another_machine_is_refused_at_once() -> None:
    with pytest.raises(EmbeddedError, match="cannot be listened on"):
        web.wait_until_free("192.0.2.1", 8000)


def test_a_server_counts_as_alive_once_its_health_and_its_home_page_answer_200() -> None:
    # Its health comes first; the process that works needs longer.
    answers = iter([("/health/live", 503), ("/health/live", 200), ("/", 503), ("/health/live", 200), ("/", 200)])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, status = next(answers)
            assert self.path == path
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the output of the tests clean."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        web.wait_until_alive("0.0.0.0", server.server_port, name="localhost", check=lambda: None)
        server.shutdown()
        thread.join()
    assert list(answers) == []


def test_waiting_ends_when_the_server_has_ended(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()

    def check() -> None:
        raise EmbeddedError("ended")

    with pytest.raises(EmbeddedError, match=r"^ended$"):
        web.wait_until_alive("127.0.0.1", port, name="localhost", check=check)
