"""Callers at the same moment, on a real server: nothing is lost, nothing one-sided, nobody gets a 5xx.

What would happen without the locks is shown in `tests/imports/services/test_race_controls.py`.
"""

import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.db import connection

from imports.models import Correction, Import
from imports.services.erasing.delete_delivery import purge_deleted_deliveries
from tests.effort import THOROUGH
from tests.factories import alike, people
from tests.imports.crowd import Act, crowd, together
from tests.imports.world import broken_chains, counts, faults, load, purge, stored
from tests.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

TokenOf = Callable[[str], str]
SECONDS = 2.5 if THOROUGH else 0.7


def patch(client: httpx.Client, import_id: int, citizen_id: int, **fields: Any) -> httpx.Response:
    return client.patch(f"/imports/{import_id}/citizens/{citizen_id}", json=fields)


def test_corrections_of_one_citizen_are_all_kept(server: Server, token_of: TokenOf) -> None:
    """Two callers for each field: what one of them wrote is what the next one finds, and says to have replaced."""
    import_id = load(people(1, apartment=0, gender="male"))
    first = stored(import_id)[1]

    def writer(field: str) -> Act:
        def act(client: httpx.Client, dice: random.Random) -> httpx.Response:
            value = dice.randrange(10**9)
            return patch(client, import_id, 1, **{field: value if field == "apartment" else f"{field} {value}"})

        return act

    acts = [writer(field) for field in ("town", "name", "apartment") * 2]
    statuses = crowd(server, token_of("Managers"), acts, seconds=SECONDS)
    assert (set(statuses), faults(import_id)) == ({200}, [])
    assert Correction.objects.count() == statuses[200] > 10
    assert broken_chains(import_id, first) == []


def relations(import_id: int, citizen_id: int, others: list[int]) -> Act:
    """Gives somebody any of `others` as relatives, friends, or both."""

    def act(client: httpx.Client, dice: random.Random) -> httpx.Response:
        chosen = dice.sample(others, dice.randint(0, len(others)))
        cut = dice.randint(0, len(chosen))
        return patch(client, import_id, citizen_id, relatives=chosen[:cut], friends=chosen[cut:])

    return act


def test_relations_of_one_citizen_stay_symmetric(server: Server, token_of: TokenOf) -> None:
    import_id = load(people(8))
    acts = [relations(import_id, 1, [1, 2, 3, 4, 5, 6, 7, 8])] * 6
    statuses = crowd(server, token_of("Managers"), acts, seconds=SECONDS)
    assert (set(statuses), faults(import_id)) == ({200}, [])
    assert Import.objects.get().revision > 10


def test_both_ends_of_one_relation_stay_symmetric(server: Server, token_of: TokenOf) -> None:
    import_id = load(people(2))
    acts = [relations(import_id, 1, [2]), relations(import_id, 2, [1])] * 3
    statuses = crowd(server, token_of("Managers"), acts, seconds=SECONDS)
    assert (set(statuses), faults(import_id)) == ({200}, [])
    assert Import.objects.get().revision > 10


def test_a_ring_of_citizens_knows_no_deadlock(server: Server, token_of: TokenOf) -> None:
    """Everybody corrects their relations to both neighbours, listed in either direction around the ring."""
    size = 6
    import_id = load(people(size))
    acts = [relations(import_id, one, [one % size + 1, (one - 2) % size + 1]) for one in range(1, size + 1)]
    statuses = crowd(server, token_of("Managers"), acts, seconds=SECONDS)
    assert (set(statuses), faults(import_id)) == ({200}, [])
    assert Import.objects.get().revision > 10


def test_everybody_with_everybody_stays_symmetric(server: Server, token_of: TokenOf) -> None:
    """Only one list is sent, so that some are refused because the other one holds the same citizen by then."""
    import_id = load(people(10))

    def act(client: httpx.Client, dice: random.Random) -> httpx.Response:
        kind, who = dice.choice(["relatives", "friends"]), dice.randint(1, 10)
        return patch(client, import_id, who, **{kind: dice.sample(range(1, 11), dice.randint(0, 6))})

    statuses = crowd(server, token_of("Managers"), [act] * 8, seconds=SECONDS)
    assert (statuses.keys() <= {200, 400}, statuses[200] > 10, faults(import_id)) == (True, True, [])


def test_a_correction_against_the_deletion_of_its_import(server: Server, token_of: TokenOf) -> None:
    token, other = token_of("Managers"), load(people(2))
    for _ in range(6):
        import_id = load(people(30))

        def correct(number: int, import_id: int = import_id) -> Callable[[httpx.Client], httpx.Response]:
            return lambda client: patch(client, import_id, number, relatives=[number % 5 + 1], town="New")

        def delete(client: httpx.Client, import_id: int = import_id) -> httpx.Response:
            return client.delete(f"/imports/{import_id}")

        statuses = together(server, token, [correct(1), correct(2), delete, correct(3), correct(4), delete])
        assert set(statuses) <= {200, 204, 404}
        assert sorted(statuses[position] for position in (2, 5)) == [204, 404]
        with server.client(token) as client:
            assert client.get(f"/imports/{import_id}").status_code == 404
        purge()
        assert (counts(), Correction.objects.count(), faults(other)) == ((1, 2), 0, [])


def test_imports_posted_at_the_same_moment_are_all_whole(server: Server, token_of: TokenOf) -> None:
    sizes = [300, 10, 0, 200, 50, 1, 120, 80]
    deliveries = [{"citizens": people(size)} for size in sizes]
    posts = [lambda client, body=body: client.post("/imports", json=body) for body in deliveries]
    assert together(server, token_of("Managers"), posts) == [201] * len(sizes)
    assert counts() == (len(sizes), sum(sizes))
    found = {row.citizen_count: stored(row.pk) for row in Import.objects.all()}
    assert found == {
        size: {citizen["citizen_id"]: citizen for citizen in body["citizens"]}
        for size, body in zip(sizes, deliveries, strict=True)
    }


def test_a_reader_sees_both_sides_of_a_relation_or_none(server: Server, token_of: TokenOf) -> None:
    import_id = load(alike(1_500))
    torn = []

    def write(client: httpx.Client, dice: random.Random) -> httpx.Response:
        return patch(client, import_id, 1, relatives=[1_500] if dice.random() < 0.5 else [])

    def read(client: httpx.Client, dice: random.Random) -> httpx.Response:
        answer = client.get(f"/imports/{import_id}/citizens")
        rows = answer.json()["data"]
        ends = rows[0]["relatives"], rows[-1]["relatives"]
        if len(rows) != 1_500 or ends not in (([], []), ([1_500], [1])):
            torn.append(ends)
        return answer

    statuses = crowd(server, token_of("Managers"), [write, write, read, read], seconds=SECONDS)
    assert (set(statuses), torn, faults(import_id)) == ({200}, [], [])


def test_a_reader_of_a_deleted_import_gets_everything_or_a_404(server: Server, token_of: TokenOf) -> None:
    token = token_of("Managers")
    for _ in range(4):
        import_id = load(alike(1_200))
        sizes: list[int] = []

        def read(client: httpx.Client, import_id: int = import_id, sizes: list[int] = sizes) -> httpx.Response:
            answer = client.get(f"/imports/{import_id}/citizens")
            while answer.status_code == 200:
                sizes.append(len(answer.json()["data"]))
                answer = client.get(f"/imports/{import_id}/citizens")
            return answer

        def delete(client: httpx.Client, import_id: int = import_id) -> httpx.Response:
            answer = client.delete(f"/imports/{import_id}")
            # While the others are still reading.
            purge_deleted_deliveries()
            connection.close()
            return answer

        assert together(server, token, [read, read, read, delete]) == [404, 404, 404, 204]
        assert set(sizes) <= {1_200}
        purge()
