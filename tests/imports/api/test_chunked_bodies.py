"""Bodies that come in chunks, without a length, over real HTTP."""

from collections.abc import Callable, Iterator

import pytest

from imports.models import Import
from tests.imports.documents.builders import citizen, document
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

BODY = document(citizen(1, relatives=[2]), citizen(2, relatives=[1]))


def in_pieces(body: bytes, size: int = 100) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


@pytest.mark.parametrize("prefer", ["", "respond-async"])
def test_a_body_in_chunks_is_taken_in_whole(server: Server, token_of: Callable[[str], str], prefer: str) -> None:
    headers = {"Content-Type": "application/json", "Prefer": prefer}
    with server.client(token_of("Managers")) as client:
        answer = client.post("/imports", content=in_pieces(BODY), headers=headers)
    assert answer.status_code == (202 if prefer else 201), answer.text
    if not prefer:
        assert Import.objects.get().citizen_count == 2


def test_a_body_in_chunks_has_the_same_limit(server: Server, token_of: Callable[[str], str]) -> None:
    headers = {"Content-Type": "application/json"}
    with server.client(token_of("Managers")) as client:
        import_id = client.post("/imports", content=BODY, headers=headers).json()["data"]["import_id"]
        url = f"/imports/{import_id}/citizens/1"
        answer = client.patch(url, content=in_pieces(b" " * 2_000_000, 50_000), headers=headers)
    assert answer.status_code == 413
