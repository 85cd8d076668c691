"""The honest caller notices whatever is not the answer that it must get."""

import asyncio
import threading
from dataclasses import replace

import pytest

from tests.attacks import probe
from tests.attacks.encounter import CALLER
from tests.attacks.probe import Expected, Sample
from tests.attacks.stub import Reply, answering, hang_up, reset, silence, stub, whole
from tests.attacks.wire import Aim

BROKEN_OFF = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_PATIENCE_SECONDS", 0.5)


def probed(reply: Reply, expected: Expected) -> Sample:
    async def ask() -> Sample:
        async with stub(reply) as aim:
            return await probe.probe(aim, "ready", expected)

    return asyncio.run(ask())


def test_an_answer_as_it_should_be_is_fine() -> None:
    assert probed(answering(whole(200)), Expected(200, within=60)).wrong == ""


def test_chunks_are_an_answer_too() -> None:
    chunks = answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")
    assert probed(chunks, Expected(200, within=60)).wrong == ""


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        (silence, "unanswered"),
        (hang_up, "closed"),
        (reset, "reset"),
        (BROKEN_OFF, "unanswered"),
        (answering(b"nonsense\r\n\r\n"), "no HTTP"),
        (answering(whole(500)), "500"),
        (answering(whole(503, "Retry-After: 1")), "503"),
    ],
)
def test_what_is_not_the_right_answer_is_noticed(reply: Reply, wrong: str) -> None:
    assert probed(reply, Expected(200, within=60)).wrong == wrong


def test_an_answer_that_comes_late_is_noticed() -> None:
    assert probed(answering(whole(200)), Expected(200, within=0)).wrong == "after 0 s"


@pytest.mark.parametrize(("headers", "wrong"), [((), "no Retry-After"), (("Retry-After: 1",), "")])
def test_a_503_must_say_when_to_come_again(headers: tuple[str, ...], wrong: str) -> None:
    assert probed(answering(whole(503, *headers)), Expected(503, within=60, retry_after=True)).wrong == wrong


def test_a_server_that_is_not_there_is_noticed() -> None:
    async def ask() -> Sample:
        async with stub(silence) as aim:
            pass
        return await probe.probe(aim, "ready", Expected(200))

    assert asyncio.run(ask()).wrong == "refused"


def test_each_kind_is_asked_again_and_again_from_the_callers_own_address() -> None:
    callers, stop = [], threading.Event()

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer.get_extra_info("peername")[0])
        if len(callers) == 8:
            stop.set()
        await answering(whole(200))(reader, writer)

    async def watch() -> list[Sample]:
        async with stub(reply) as aim:
            expected = {kind: replace(each, every=0.01) for kind, each in probe.WELL.items()}
            return await probe.watch(replace(aim, source=CALLER), expected, stop)

    samples = asyncio.run(watch())
    assert {sample.kind for sample in samples} == {"live", "ready", "import", "post"}
    assert len(samples) == len(callers) >= 8
    assert set(callers) == {CALLER}


def test_recovery_is_awaited_and_may_not_come() -> None:
    async def recovery(reply: Reply) -> float | None:
        async with stub(reply) as aim:
            return await probe.recovery(aim, {"ready": Expected(200, within=60)}, within=0.3)

    assert asyncio.run(recovery(answering(whole(503)))) is None
    assert asyncio.run(recovery(answering(whole(200)))) is not None


def test_only_this_machine_is_attacked() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Aim("http://192.0.2.1", manager="m", viewer="v")
