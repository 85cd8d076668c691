"""The health checks of containers."""

import os
import time
from pathlib import Path

import pytest

from config import env, probe
from config.embedded.front import free_port
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_web_server_that_is_ready_is_well(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "PORT", int(server.url.rpartition(":")[2]))
    assert probe.main(["web"]) == 0


@pytest.mark.parametrize("hosts", [[], [".example"], ["elsewhere.example"]])
def test_a_web_server_that_refuses_or_is_not_there_is_not(
    server: Server, hosts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "ALLOWED_HOSTS", hosts)
    monkeypatch.setattr(env, "PORT", free_port())
    assert probe.main(["web"]) == 1
    monkeypatch.setattr(env, "PORT", int(server.url.rpartition(":")[2]))
    assert probe.main(["web"]) == int(hosts == ["elsewhere.example"])


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
