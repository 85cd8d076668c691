"""What the tests of the ground do again and again."""

from typing import Any, Protocol

from django.test import Client

from imports.models import Import
from imports.services.load_import import load_import

DELIVERY = (
    b'{"citizens": [{"citizen_id": 1, "town": "Kyiv", "street": "Khreshchatyk", "building": "22", "apartment": 7,'
    b' "name": "Anna", "birth_date": "26.12.1986", "gender": "female", "relatives": []}]}'
)
KEYS = {"type", "title", "status", "detail", "request_id", "errors"}


class Answer(Protocol):
    """A response of the test client or of httpx."""

    status_code: int

    @property
    def content(self) -> bytes: ...

    @property
    def headers(self) -> Any: ...

    def json(self) -> Any: ...


def one_import(*, source: str = "default") -> Import:
    """An import with one citizen, number 1."""
    return load_import(body=DELIVERY, source=source, actor=None)


def send(client: Client, method: str, path: str, body: bytes = b"", **extra: Any) -> Any:
    """Any request, however wrong it is."""
    generic: Any = client.generic
    return generic(method, path, body, **extra)


def problem(answer: Answer) -> dict[str, Any]:
    """The body of `answer`, which must be problem details of the answer's status and request."""
    body: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) - {"more_errors"} == KEYS
    assert (body["type"], body["status"]) == ("about:blank", answer.status_code)
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return body
