"""A lean HTTP client: of what a request takes, as little as possible is the client's own."""

import http.client
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# After this long the server may have given a connection up.
_IDLE_SECONDS = 5


class Client:
    """One connection that is kept open, and signs in with a token."""

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url).netloc
        self.authorization = f"Token {token}"
        self._headers = {"Authorization": self.authorization}
        self._connection = http.client.HTTPConnection(self._address, timeout=3600, blocksize=1 << 20)
        self._used = time.monotonic()

    def expect(
        self, status: int, method: str, path: str, body: Any = None, media_type: str = "application/json"
    ) -> bytes:
        """The body of the answer. Raises RuntimeError unless it has `status`."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": media_type} if content is not None else self._headers
        if time.monotonic() - self._used > _IDLE_SECONDS:
            self.close()
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        received = answer.read()
        self._used = time.monotonic()
        if answer.status != status:
            raise RuntimeError(f"{method} {path}: {answer.status} {received[:500]!r}")
        return received

    def upload(self, path: str, file: Path, media_type: str) -> None:
        """Sends a file of any size, a mebibyte at a time. Raises RuntimeError unless the answer is 201."""
        headers = {**self._headers, "Content-Type": media_type, "Content-Length": str(file.stat().st_size)}
        self._reconnect()
        with file.open("rb") as body:
            self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        received = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"POST {path}: {answer.status} {received[:500]!r}")

    def drain(self, path: str, *, encoding: str = "identity") -> None:
        """Reads an answer of any size, a mebibyte at a time, as it comes."""
        self._reconnect()
        self._open(path, _read_to_the_end, encoding)

    def save(self, path: str, file: Path) -> None:
        """Writes an answer of any size to a file, as it comes."""
        self._reconnect()
        with file.open("wb") as kept:
            self._open(path, lambda answer: shutil.copyfileobj(answer, kept, 1 << 20))

    def first_byte(self, path: str) -> None:
        """Reads the first bytes of an answer, on a connection of its own, which is given up then."""
        other = Client(f"http://{self._address}", self.authorization.removeprefix("Token "))
        other._open(path, lambda answer: answer.read1(1))
        other.close()

    def close(self) -> None:
        """Gives the connection up."""
        self._connection.close()

    def _reconnect(self) -> None:
        # Between two large ones the server may have given the connection up.
        self.close()

    def _open(self, path: str, read: Callable[[http.client.HTTPResponse], object], encoding: str = "identity") -> None:
        self._connection.request("GET", path, headers={**self._headers, "Accept-Encoding": encoding})
        answer = self._connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status}")
        read(answer)


def _read_to_the_end(answer: http.client.HTTPResponse) -> None:
    while answer.read(1 << 20):
        pass
