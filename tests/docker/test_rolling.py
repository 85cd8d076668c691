"""An upgrade and a restart lose no request: demanda.sh with production's front and two web services, as processes.

A `docker` on the PATH does to processes what demanda.sh asks of containers. Callers of several kinds ask all the time.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from config.embedded.front import free_port
from tests.docker.callers import LEAST_PROBES, asking
from tests.docker.machine import Machine, machine
from tests.docker.test_demanda_sh import copy_of_what_it_reads
from tests.server import database_url

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]


@pytest.fixture
def running() -> Iterator[Machine]:
    """A front and two web services on the test's database; all of them are gone at the end."""
    with TemporaryDirectory(prefix="demanda-machine-") as folder:
        environment = {"DATABASE_URL": database_url(), "SILK_SHARE": "0"}
        made = machine(Path(folder), free_port(), environment, size={"WEB_WORKERS": "1", "WEB_THREADS": "8"})
        try:
            for name in made.services:
                made.start(name)
            for name in made.web:
                made.wait(name)
            yield made
        finally:
            for name in made.services:
                made.stop(name, (signal.SIGKILL, 5))


def demanda(machine: Machine, command: str) -> None:
    """`docker/demanda.sh command`, from a copy, as it makes its secrets beside itself."""
    script = Path(machine.folder, "docker", "demanda.sh")
    copy_of_what_it_reads(script.parent)
    environment = {"PATH": f"{machine.save()}:{os.defpath}"}
    done = subprocess.run([script, command], env=environment, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["upgrade", pytest.param("restart", marks=pytest.mark.faults)])
def test_no_request_is_lost_while_everything_is_replaced(running: Machine, token_of: TokenOf, command: str) -> None:
    former = [running.number(name) for name in running.web]
    with asking(running.url, token_of("Managers")) as callers:
        demanda(running, command)
    present = [running.number(name) for name in running.web]
    assert set(former) & set(present) == set()
    assert callers.answers == {"well": callers.answers.total()}
    assert callers.answers.total() >= LEAST_PROBES


@pytest.mark.faults
def test_a_restart_of_both_at_once_would_be_noticed(running: Machine, token_of: TokenOf) -> None:
    with asking(running.url, token_of("Managers")) as callers:
        for act in (running.stop, running.start, running.wait):
            for name in running.web:
                act(name)
    assert [answer for answer in callers.answers if answer.startswith("503") and "does not answer" in answer] != []
