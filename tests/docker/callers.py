"""Callers of several kinds who ask a front all the time, and count what they are answered."""

import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from urllib.parse import urlsplit

import httpx

from tests.imports.documents.builders import citizen
from tests.raw_http import RawClient
from tests.server import Server

# Status and body.
Told = tuple[int, str]

DELIVERY = {"citizens": [citizen(1)]}
LEAST_PROBES = 400


def told(response: httpx.Response) -> Told:
    return response.status_code, response.text


class Callers:
    """Who asks, each in a thread of its own, until `stop`, and what they were answered."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self.stop = threading.Event()
        self.answers: Counter[str] = Counter()

    def ask_on_a_kept_connection(self) -> None:
        with self._client() as client:
            while not self.stop.is_set():
                self._note(lambda: told(client.get("/imports?limit=1")), 200)

    def ask_on_new_connections(self) -> None:
        def ask() -> Told:
            with self._client() as client:
                return told(client.get("/health/live"))

        while not self.stop.is_set():
            self._note(ask, 200)

    def post(self) -> None:
        with self._client() as client:
            while not self.stop.is_set():
                self._note(lambda: told(client.post("/imports", json=DELIVERY)), 201)

    def stream(self) -> None:
        while not self.stop.is_set():
            self._note(self._stream_for_seconds, 201)

    def _stream_for_seconds(self) -> Told:
        headers = [f"Authorization: Token {self._token}", "Content-Type: application/x-ndjson"]
        client = EncryptedClient(self._url)
        client.begin("POST /imports", *headers, "Transfer-Encoding: chunked")
        for number in range(30):
            client.send_chunk(json.dumps(citizen(number)).encode() + b"\n")
            time.sleep(0.1)
        client.send(b"0\r\n\r\n")
        try:
            answer = client.answer()
            return answer.status, answer.body.decode()
        finally:
            client.close()

    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Token {self._token}"}
        # The certificate is of nobody.
        return httpx.Client(base_url=self._url, headers=headers, verify=False, timeout=30, trust_env=False)

    def _note(self, ask: Callable[[], Told], wanted: int) -> None:
        try:
            status, text = ask()
            answer = "well" if status == wanted else f"{status} {text}"
        except (OSError, httpx.TransportError, HTTPException) as error:
            answer = repr(error)
        self.answers[answer] += 1
        time.sleep(0.02)


class EncryptedClient(RawClient):
    """A connection with TLS, whose certificate nobody looks at."""

    def __init__(self, url: str) -> None:
        super().__init__(Server(url, None))  # type: ignore[arg-type]  # nobody ends it through this
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)
        self._host = urlsplit(url).netloc

    def begin(self, head: str, *headers: str) -> None:
        self.send("\r\n".join([f"{head} HTTP/1.1", f"Host: {self._host}", *headers, "", ""]).encode())


@contextmanager
def asking(url: str, token: str) -> Iterator[Callers]:
    """Callers who ask while the block runs, and until they have asked often enough."""
    callers = Callers(url, token)
    kinds = [callers.ask_on_a_kept_connection, callers.ask_on_new_connections, callers.post, callers.stream]
    with ThreadPoolExecutor(len(kinds)) as pool:
        asked = [pool.submit(kind) for kind in kinds]
        try:
            yield callers
            while callers.answers.total() < LEAST_PROBES and not any(task.done() for task in asked):
                time.sleep(0.1)
        finally:
            callers.stop.set()
        for task in asked:
            task.result()
