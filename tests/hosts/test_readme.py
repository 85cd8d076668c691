"""README is followed, block after block, by somebody who has just cloned it on an empty Debian."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.embedded.front import free_port
from tests.hosts.debian import Debian, empty_debian
from tests.hosts.readme import blocks
from tests.server import ROOT

RUN, TEST = "make run\n", "make test\n"
# One file of the suite: what `make test` is, its own runs show.
ONE_TEST = "tests/config/test_probe.py"
# `curl` says nothing of a refusal in its exit code, and psql asks nobody.
STRICT = 'set -eo pipefail; curl() { command curl --fail-with-body -sS "$@"; }; export PAGER=cat\n'
WITHIN_SECONDS = 900


@pytest.fixture(scope="module")
def clone() -> Iterator[Debian]:
    """What git knows of the checkout, in /home/ana/demanda; and psql, for the last block."""
    with empty_debian() as debian:
        debian.install("postgresql-client")
        debian.run("useradd --create-home --shell /bin/bash ana")
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        unpack = [
            *debian.enter(),
            "sh",
            "-ec",
            "mkdir /home/ana/demanda; tar -xC /home/ana/demanda; chown -R ana: /home/ana",
        ]
        with subprocess.Popen(
            ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as pack:
            assert pack.stdin is not None
            unpacking = subprocess.Popen(unpack, stdin=pack.stdout)
            pack.stdin.write(listed.stdout)
            pack.stdin.close()
            assert unpacking.wait(120) == 0
        yield debian


def as_ana(debian: Debian, script: str, **environment: str) -> list[str]:
    enter = debian.enter(folder="/home/ana/demanda", **{"HOME": "/home/ana", **environment})
    return [*enter, "setpriv", "--reuid=ana", "--regid=ana", "--init-groups", "bash", "-c", script]


@contextmanager
def running(debian: Debian, port: int) -> Iterator[list[str]]:
    """README's first block, and what it has printed by the time it is well."""
    command = as_ana(debian, RUN, PORT=str(port))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        printed: list[str] = []
        for line in process.stdout:
            printed.append(line)
            if "Token" in line:
                break
        else:
            raise AssertionError("".join(printed))
        yield printed
        # Its end is that of everything in there.
        process.kill()


def test_every_block_of_readme_works_as_it_stands(clone: Debian) -> None:
    first, second, *others = blocks("README.md")
    assert (first, second) == (RUN, TEST)
    port = free_port()
    with running(clone, port):
        script = STRICT + "\n".join(others).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
        done = subprocess.run(
            as_ana(clone, script), capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        tested = subprocess.run(
            as_ana(clone, TEST, ARGS=ONE_TEST), capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS
        )
        assert tested.returncode == 0, tested.stdout[-3000:] + tested.stderr[-3000:]
