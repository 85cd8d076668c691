"""A disk that fills up: the reserve keeps the database alive; without it, it stops, and says what it needs to go on."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest

from config.embedded.front import free_port
from tests.background.small_disk import OWN, SmallDisk, small_disk
from tests.factories import alike
from tests.server import ROOT

pytestmark = pytest.mark.faults

MIB = 1024 * 1024
DISK_MIB = 320
RESERVE = 96 * MIB
# More residents than the disk holds.
TOO_MANY = 750_000
SHRINK = "from django.db import connection; connection.cursor().execute('VACUUM FULL imports_citizen')"
COUNT = "from imports.models import Citizen, Import; print(Import.objects.count(), Citizen.objects.count())"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "data", mib=DISK_MIB) as made:
        yield made


@cache
def lines(count: int) -> bytes:
    """Returns a delivery of that many residents, one a line."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in alike(count))


def import_citizens(disk: SmallDisk, body: bytes, **environment: str) -> str:
    done = disk.run("manage.py", "import_citizens", "-", body=body, **environment)
    assert "Traceback" not in done.stderr
    return done.stdout


def counts(disk: SmallDisk) -> str:
    """How many imports and residents are stored, or what the start said instead."""
    done = disk.run("manage.py", "shell", "--no-imports", "-c", COUNT)
    assert "Traceback" not in done.stderr
    return (done.stdout or done.stderr).strip()


def test_with_the_reserve_a_delivery_is_refused_and_the_database_lives(disk: SmallDisk) -> None:
    with product(disk, DISK_RESERVE=str(RESERVE)) as client:
        before, body = client.get("/imports").json()["count"], lines(TOO_MANY)
        told = httpx.post(
            client.base_url.join("/imports"),
            content=(body[start : start + MIB] for start in range(0, len(body), MIB)),
            headers={**client.headers, "Content-Type": "application/x-ndjson"},
            timeout=120,
        )
        assert (told.status_code, told.headers["Content-Type"]) == (507, "application/problem+json")
        assert "96 MiB of it are kept free" in told.json()["detail"]
        announced = head_alone(client, length=10**9)
        assert announced.startswith(b"HTTP/1.1 507 ")
        assert client.get("/health/ready").status_code == 200
        assert client.get("/imports").json()["count"] == before
        assert disk.free_mib() > 32
    assert "PANIC" not in disk.shell("cat log/postgres.log")


def test_without_it_the_database_stops_and_nothing_committed_is_lost(disk: SmallDisk) -> None:
    assert disk.run("manage.py", "migrate", "-v0").returncode == 0
    assert "import 1, 1,000 residents" in import_citizens(disk, lines(1_000), DISK_RESERVE="0")
    refused = import_citizens(disk, lines(TOO_MANY), DISK_RESERVE="0")
    assert "refused. The database has no room left. Nothing was stored." in refused
    disk.fill()
    # Errors alone are not logged: this is the end of a process of the server.
    assert re.search("(PANIC|FATAL): .*No space left on device", disk.shell("cat log/postgres.log"))
    # The ballast is given up, once …
    assert "MiB that were kept for this are given up" in disk.run("manage.py", "migrate", "--check").stderr
    assert counts(disk) == "1 1000"
    # … and where that does not help either, the reason is said.
    disk.fill()
    assert counts(disk).startswith(f"demanda: The disk of {disk.places.home} is full (0 MiB are free): make room")
    disk.shell("rm filler")
    assert disk.run("manage.py", "shell", "--no-imports", "-c", SHRINK).returncode == 0
    assert counts(disk) == "1 1000"
    assert disk.shell("stat -c %s ballast") == str(64 * MIB)


def test_a_first_start_on_a_full_disk_says_so_and_the_next_one_works(disk: SmallDisk) -> None:
    disk.fill()
    first = disk.run("-m", "config.embedded.run", PORT=str(free_port()))
    assert first.returncode == 1
    (sentence,) = first.stderr.splitlines()
    assert sentence.startswith(f"demanda: The disk of {disk.places.home}")
    assert "make room for at least 128 MiB and start again" in sentence
    disk.shell("rm filler")
    assert disk.run("manage.py", "migrate", "-v0").returncode == 0


# The services of root are elsewhere, so their disk may have room where the data folder's has none; others' are in it.
@pytest.mark.parametrize("kib", [4, 8, 32])
def test_a_data_folder_that_is_full_is_one_sentence(tmp_path: Path, kib: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    script = f"""
        mount -t tmpfs -o size={kib}k,mode=0700 none "$0"
        "$1" -m config.embedded.run || code=$?
        "$1" -m config.embedded.clean "$0" > /dev/null
        exit $code
    """
    run = subprocess.run(
        ["unshare", *OWN, "sh", "-ec", script, str(folder), sys.executable],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    sentence = run.stderr.splitlines()[-1]
    assert sentence.startswith(f"demanda: The disk of {folder}")
    assert "is full (0 MiB are free): make room" in sentence
    assert "Traceback" not in run.stderr


@contextmanager
def product(disk: SmallDisk, **environment: str) -> Iterator[httpx.Client]:
    """A client of `make run` on this disk."""
    port = free_port()
    variables = {"PATH": os.defpath, "DATA_DIR": str(disk.places.data_dir), "PORT": str(port), **environment}
    command = disk.command(sys.executable, "-m", "config.embedded.run")
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            token = next(line.split()[1] for line in process.stdout if "Token" in line)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Token {token}"}) as made:
                yield made
        finally:
            process.terminate()
            process.communicate(timeout=60)


def head_alone(client: httpx.Client, *, length: int) -> bytes:
    """The beginning of the answer to the head of a delivery whose body never comes."""
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=20) as caller:
        lines = [
            "POST /imports HTTP/1.1", "Host: localhost", f"Authorization: {client.headers['Authorization']}",
            "Content-Type: application/x-ndjson", f"Content-Length: {length}", "", "",
        ]  # fmt: skip
        caller.sendall("\r\n".join(lines).encode())
        return caller.recv(MIB)
