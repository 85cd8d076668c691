"""The playbook, from an empty Debian to a product that serves, twice, and through an upgrade that loses no request."""

from collections.abc import Iterator

import httpx
import pytest

from tests.docker.callers import LEAST_PROBES, asking
from tests.hosts.debian import empty_debian
from tests.hosts.hosts import Hosts, changed, prepare, same_as_another, version

# Of 10; a unit that confines nothing has 9.6.
WORST_EXPOSURE = 2.5
PROGRAMS = ("web-a", "web-b", "front", "worker-urgent", "worker-general", "beat")


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    with empty_debian() as debian:
        yield prepare(debian, tmp_path_factory.mktemp("hosts"))


@pytest.fixture(scope="module")
def first(hosts: Hosts) -> str:
    """What the first run printed."""
    return hosts.play()


def test_it_serves_after_one_run_and_the_next_one_changes_nothing(hosts: Hosts, first: str) -> None:
    assert changed(first) > 0
    ready = httpx.get(f"{hosts.url}/health/ready", verify=False)
    assert (ready.status_code, ready.json()["data"]) == (200, {"status": "ok", "degraded": []})
    numbers = [hosts.number(name) for name in PROGRAMS]
    assert changed(hosts.play()) == 0
    assert [hosts.number(name) for name in PROGRAMS] == numbers


def test_systemd_takes_the_units_and_they_confine_the_programs(hosts: Hosts, first: str) -> None:
    units = "/etc/systemd/system/demanda-*"
    # What it would warn of goes to the same place.
    assert hosts.debian.run(f"/usr/bin/systemd-analyze verify --man=no {units} 2>&1 | grep demanda- || true") == ""
    for name in PROGRAMS:
        unit = f"/etc/systemd/system/demanda-{name}.service"
        threshold = f"--offline=yes --threshold={WORST_EXPOSURE * 10:.0f}"
        hosts.debian.run(f"/usr/bin/systemd-analyze security --no-pager {threshold} {unit} > /dev/null")


def test_the_backup_that_the_timer_starts_works(hosts: Hosts, first: str) -> None:
    unit = "/etc/systemd/system/demanda-backup.service"
    command = hosts.debian.run(f"sed -n 's/^ExecStart=//p' {unit}").strip()
    assert hosts.demanda(command).strip().endswith(".dump")


@pytest.mark.faults
def test_an_upgrade_replaces_all_programs_but_the_front_and_loses_no_request(hosts: Hosts, first: str) -> None:
    token = hosts.demanda("python manage.py issue_token ana --role Managers").split()[-1]
    former = {name: hosts.number(name) for name in PROGRAMS}
    with asking(hosts.url, token) as callers:
        hosts.play(demanda_version=same_as_another(version()))
    kept = [name for name in PROGRAMS if hosts.number(name) == former[name]]
    assert kept == ["front"]
    assert callers.answers == {"well": callers.answers.total()}
    assert callers.answers.total() >= LEAST_PROBES
