"""The health checks of containers."""

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config import env, probe
from config.embedded.front import free_port
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)
Ports = Callable[[bool, bool], None]


@pytest.fixture
def ports(server: Server, monkeypatch: pytest.MonkeyPatch) -> Ports:
    """Says whether the server is there for its health, and for its work."""

    def choose(health: bool, work: bool) -> None:
        for name, is_there in (("HEALTH_PORT", health), ("PORT", work)):
            monkeypatch.setattr(env, name, int(server.url.rpartition(":")[2]) if is_there else free_port())

    return choose


@pytest.mark.parametrize("hosts", [[], [".example"]])
def test_a_web_server_is_well_that_is_ready_and_works(
    ports: Ports, hosts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "ALLOWED_HOSTS", hosts)
    ports(True, True)
    assert probe.main(["web"]) == 0


@pytest.mark.parametrize(("health", "work"), [(True, False), (False, True)])
def test_a_web_server_of_which_half_is_away_is_not(ports: Ports, health: bool, work: bool) -> None:
    ports(health, work)
    assert probe.main(["web"]) == 1


def test_a_web_server_that_refuses_is_not_well(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "ALLOWED_HOSTS", ["elsewhere.example"])
    ports(True, True)
    assert probe.main(["web"]) == 1


def test_a_web_server_is_idle_when_the_last_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setattr(env, "PORT", listening.getsockname()[1])
        monkeypatch.setattr(env, "DRAIN_SECONDS", 0.3)
        assert probe.main(["idle"]) == 0
        caller = socket.create_connection(listening.getsockname())
        assert probe.main(["idle"]) == 1
        monkeypatch.setattr(env, "DRAIN_SECONDS", 20)
        leaving = threading.Timer(0.3, caller.close)
        leaving.start()
        assert probe.main(["idle"]) == 0
        leaving.join()


def test_a_sign_of_life_counts_for_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign = tmp_path / "alive"
    monkeypatch.setattr(env, "HEARTBEAT_PATH", str(sign))
    assert probe.main(["alive"]) == 1
    sign.touch()
    assert probe.main(["alive"]) == 0
    before = time.time() - probe.SILENT_SECONDS - 1
    os.utime(sign, (before, before))
    assert probe.main(["alive"]) == 1


@pytest.mark.parametrize("arguments", [[], ["worker"], ["web", "alive"]])
def test_another_question_is_a_mistake(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(arguments) == 2
    assert "usage:" in capsys.readouterr().err
