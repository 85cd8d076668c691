"""The client of webhooks against a real receiver."""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from config.common.events import posting
from config.common.events.posting import post
from tests.common.events.receivers import Receiver, receiving, status


def void(_: object) -> None:
    """Nothing, of whatever was done."""


def sent(receiver: Receiver) -> int:
    return post(receiver.url, b'{"a": 1}', {"webhook-id": "evt_1"}, may_be_private=True)


def test_what_is_posted_arrives_as_it_is(receiver: Receiver) -> None:
    assert sent(receiver) == 204
    (message,) = receiver.messages
    assert (message.path, message.body, message.headers["webhook-id"]) == ("/hook?a=b", '{"a": 1}', "evt_1")


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirection_is_an_answer_and_is_not_followed(receiver: Receiver, code: int) -> None:
    with receiving() as elsewhere:
        receiver.answer = status(code, Location=elsewhere.url)
        assert sent(receiver) == code
        assert elsewhere.messages == []


def test_no_more_than_64_kib_of_an_answer_are_read(receiver: Receiver) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            # Ends when the reader hangs up.
            handler.wfile.write(b"x" * 65536)

    receiver.answer = endless
    began = time.monotonic()
    assert sent(receiver) == 200
    assert time.monotonic() - began < posting.TOTAL_SECONDS / 2


def test_small_pieces_do_not_keep_a_worker(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.5)

    def dripping(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            handler.wfile.flush()
            time.sleep(0.05)

    receiver.answer = dripping
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        sent(receiver)
    assert time.monotonic() - began < 4


def test_silence_is_a_timeout(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.3)
    receiver.answer = lambda _: time.sleep(2)
    with pytest.raises(TimeoutError):
        sent(receiver)


def test_nobody_there_and_no_http_are_failures(receiver: Receiver) -> None:
    receiver.answer = lambda handler: void(handler.wfile.write(b"garbage\r\n\r\n"))
    with pytest.raises(OSError, match="BadStatusLine"):
        sent(receiver)
    with receiving() as gone:
        url = gone.url
    with pytest.raises(ConnectionRefusedError):
        post(url, b"", {}, may_be_private=True)


def test_https_asks_for_a_certificate_of_the_name(receiver: Receiver) -> None:
    # It speaks no TLS: what matters is that nothing is sent in the clear.
    with pytest.raises(OSError):
        post(receiver.url.replace("http:", "https:"), b"{}", {}, may_be_private=True)
    assert receiver.messages == []
