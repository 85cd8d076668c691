"""Airports on a real server: what happens at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from airports.models import Airport
from tests.airports.builders import VALENCIA, make_airport, make_valencia
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10


@pytest.fixture
def editors(server: Server, token_of: Callable[[str], str]) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two programs of an editor."""
    token = token_of("Editors")
    with server.client(token) as one, server.client(token) as other:
        yield one, other


def at_once(*requests: tuple[httpx.Client, str, str, dict[str, Any], dict[str, str]]) -> list[int]:
    """The statuses, sorted, of requests that are made at the same moment: client, method, URL, body, headers."""
    with ThreadPoolExecutor(len(requests)) as pool:
        sent = [
            pool.submit(client.request, method, url, json=body, headers=headers)
            for client, method, url, body, headers in requests
        ]
        return sorted(answer.result().status_code for answer in sent)


def test_of_two_changes_of_the_same_version_one_is_stale(editors: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = editors
    url = f"/airports/{make_valencia().pk}"
    for version in range(1, ROUNDS + 1):
        known = {"If-Match": f'"{version}"'}
        statuses = at_once(
            (one, "PATCH", url, {"city": f"one {version}"}, known),
            (other, "PATCH", url, {"city": f"other {version}"}, known),
        )
        assert statuses == [200, 412]
    assert Airport.objects.get().version == ROUNDS + 1


def test_without_a_version_both_are_written_one_after_the_other(editors: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = editors
    url = f"/airports/{make_valencia().pk}"
    for number in range(ROUNDS):
        statuses = at_once(
            (one, "PATCH", url, {"city": f"one {number}"}, {}),
            (other, "PATCH", url, {"country": f"other {number}"}, {}),
        )
        assert statuses == [200, 200]
    airport = Airport.objects.get()
    assert [airport.city, airport.country, airport.version] == ["one 9", "other 9", 2 * ROUNDS + 1]


def test_of_two_airports_with_one_code_one_is_a_duplicate(editors: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = editors
    for number in range(ROUNDS):
        body = VALENCIA | {"iata": f"A{number:02}", "icao": f"AA{number:02}"}
        assert at_once((one, "POST", "/airports", body, {}), (other, "PUT", "/create", body, {})) == [201, 409]


def test_two_airports_that_exchange_codes_never_lock_each_other_out(
    editors: tuple[httpx.Client, httpx.Client],
) -> None:
    one, other = editors
    first, second = make_airport("First", iata="AAA"), make_airport("Second", iata="BBB")
    for _ in range(ROUNDS):
        statuses = at_once(
            (one, "PATCH", f"/airports/{first.pk}", {"iata": "BBB"}, {}),
            (other, "PATCH", f"/airports/{second.pk}", {"iata": "AAA"}, {}),
        )
        assert set(statuses) <= {200, 409}


def test_the_list_streams_and_a_head_has_no_body(editors: tuple[httpx.Client, httpx.Client]) -> None:
    client, _ = editors
    make_valencia()
    lists = [client.get("/airports", params={"format": format}) for format in ("json", "csv", "geojson")]
    assert [answer.status_code for answer in lists] == [200] * 3
    assert lists[2].json()["features"][0]["properties"]["name"] == "Valencia Airport"
    head = client.head("/airports")
    assert [head.status_code, head.content] == [200, b""]
    url = f"/airports/{Airport.objects.get().pk}"
    assert client.get(url, headers={"If-None-Match": client.get(url).headers["ETag"]}).status_code == 304
    assert client.get(url, headers={b"If-None-Match": b'"\xff"'}).status_code == 200
