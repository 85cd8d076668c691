"""Attackers come to an end, whatever the server does, and ordinary ones tell what surprised them."""

import asyncio

import pytest

from tests.attacks.attack import Attack, Extent, Tally, carry_out
from tests.attacks.attackers import heavy, slow
from tests.attacks.catalogue import ATTACKS, BY_NAME
from tests.attacks.stub import Reply, answering, hang_up, reset, silence, stub, whole


def carried_out(attack: Attack, reply: Reply, extent: Extent) -> Tally:
    async def run() -> Tally:
        async with stub(reply) as aim:
            return await carry_out(attack, aim, extent)

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heavy, "RELATIVES", 10)
    monkeypatch.setattr(slow, "RESIDENTS", 10)


@pytest.mark.parametrize("reply", [silence, hang_up, reset, answering(whole(401))])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attacker_comes_to_an_end(attack: Attack, reply: Reply) -> None:
    assert carried_out(attack, reply, Extent(3, 0.05)).connections >= 3


@pytest.mark.parametrize(("reply", "surprise"), [(hang_up, "closed"), (reset, "reset"), (answering(whole(500)), "500")])
def test_an_ordinary_caller_is_surprised(reply: Reply, surprise: str) -> None:
    tally = carried_out(BY_NAME["kept"], reply, Extent(1, 20, most_requests=2))
    assert [words.split()[0] for words in tally.surprises] == [surprise] * len(tally.surprises)
    assert tally.surprises.total() == 2


def test_an_announced_close_is_no_surprise() -> None:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readline()
        status = 200 if first.startswith(b"GET") else 401
        writer.write(whole(status, "Connection: close"))
        await silence(reader, writer)

    tally = carried_out(BY_NAME["kept"], reply, Extent(2, 20, most_requests=6))
    assert tally.requests >= 6
    assert not [words for words in tally.surprises if not words.startswith("401 for")]
