"""What is sent: residents as lines, somebody with too many relatives, a form as a browser sends it."""

import gzip
from functools import cache
from urllib.parse import urlencode

import msgspec

from tests.attacks.wire import Aim

JSON, NDJSON = "Content-Type: application/json", "Content-Type: application/x-ndjson"
FORM = "Content-Type: application/x-www-form-urlencoded"


def resident(number: int, *relatives: int) -> dict[str, object]:
    """Somebody who can be delivered."""
    return {
        "citizen_id": number,
        "town": "Kerch",
        "street": "Sverdlova",
        "building": "3",
        "apartment": 7,
        "name": "Ivanov Ivan",
        "birth_date": "26.12.1986",
        "gender": "male",
        "relatives": relatives,
    }


@cache
def lines(count: int) -> bytes:
    """So many residents, one a line."""
    return b"".join(msgspec.json.encode(resident(number)) + b"\n" for number in range(count))


@cache
def clan(relatives: int) -> bytes:
    """Compressed lines: the first resident names everybody, each of the others the first."""
    first = resident(0, *range(1, relatives + 1))
    others = (resident(number, 0) for number in range(1, relatives + 1))
    return gzip.compress(b"\n".join(map(msgspec.json.encode, (first, *others))), 1)


def sign_in_form(aim: Aim, fields: dict[str, str], *, token: str) -> bytes:
    """The request with which a browser signs in; `token` is the one against foreign forms, drawn by the browser."""
    body = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
    return aim.request("POST /admin/login/", FORM, *form_headers(aim, token), body=body)


def form_headers(aim: Aim, token: str) -> tuple[str, str]:
    """What lets a form pass for one of the product's own."""
    return f"Cookie: csrftoken={token}", f"Referer: {aim.url}/admin/login/"
