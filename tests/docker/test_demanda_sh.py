"""The operator's script, with a stand-in that writes down what docker is asked."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docker.test_compose import COMPOSE, DOCKER, SERVICES

STUBS = {
    # The front runs from the second time on.
    "docker": """
echo "$@" >> "$LOG"
[ "$4" != "$FAIL" ] || exit 1
case "$*" in
    *" ps "*) [ ! -e "$LOG.runs" ] || echo 1f2e ;;
    *"front servers") echo web-a; echo web-b ;;
esac
""",
    # Not every machine has one.
    "openssl": """
while [ $# -gt 0 ]; do case $1 in -keyout | -out) echo made > "$2" ;; esac; shift; done
""",
}
BACKUP = "compose run --rm --no-deps tools /tools/backup /backups"
FRONT = "compose exec -T front /demanda/bin/front"


@pytest.fixture
def operator(tmp_path: Path) -> Path:
    """A copy of docker/ in which `docker` writes down what it is asked."""
    folder = tmp_path / "docker"
    copy_of_what_it_reads(folder)
    (tmp_path / "bin").mkdir()
    for name, text in STUBS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh{text}")
    for program in (folder / "demanda.sh", *(tmp_path / "bin").iterdir()):
        program.chmod(0o755)
    return folder


def copy_of_what_it_reads(folder: Path) -> None:
    """Makes a folder with demanda.sh and the files beside it that it reads."""
    for name in ("demanda.sh", "prometheus/alertmanager.yml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DOCKER / name, folder / name)


def asked(operator: Path, *arguments: str, fail: str = "nothing", runs: bool = False) -> tuple[int, list[str]]:
    """The exit code of demanda.sh and what it asked docker."""
    log = operator.parent / "log"
    log.unlink(missing_ok=True)
    if runs:
        (operator.parent / "log.runs").touch()
    environment = {"PATH": f"{operator.parent / 'bin'}:{os.defpath}", "LOG": str(log), "FAIL": fail}
    done = subprocess.run([operator / "demanda.sh", *arguments], env=environment, capture_output=True, check=False)
    return done.returncode, log.read_text().splitlines() if log.exists() else []


def rolled(*options: str) -> list[str]:
    """How one web server after the other is replaced."""
    commands = [f"{FRONT} servers"]
    for name in ("web-a", "web-b"):
        commands += [
            f"{FRONT} without {name}",
            f"compose exec -T {name} python -m config.probe idle",
            " ".join(["compose up --detach --no-deps --wait", *options, name]),
            f"{FRONT} with",
        ]
    return commands


def test_up_runs_what_is_checked_out_and_makes_the_secrets_once(operator: Path) -> None:
    assert asked(operator, "up") == (
        0,
        [
            # Else the way back to a former release would start the image of the later one once more.
            "compose build migrate postgres",
            "compose run --rm migrate",
            "compose ps --quiet --status running front",
            "compose up --detach --wait --remove-orphans",
        ],
    )
    made = {file.name: file.read_text() for file in (operator / "secrets").iterdir()}
    assert set(made) == set(COMPOSE["secrets"])
    assert (operator / "secrets").stat().st_mode & 0o077 == 0
    assert (len(made["secret_key"]), made["postgres_password"] in made["database_url"]) == (64, True)
    assert re.fullmatch(r"redis://:[A-Za-z0-9_-]{64}@redis:6379/0", made["redis_url"])
    asked(operator, "secrets")
    assert {file.name: file.read_text() for file in (operator / "secrets").iterdir()} == made


def test_an_upgrade_backs_up_and_migrates_before_it_replaces_one_server_after_the_other(operator: Path) -> None:
    assert asked(operator, "upgrade", runs=True) == (
        0,
        [
            "compose build migrate postgres",
            BACKUP,
            "compose run --rm migrate",
            "compose ps --quiet --status running front",
            *rolled(),
            "compose up --detach --wait --remove-orphans",
        ],
    )


def test_an_upgrade_whose_backup_fails_goes_no_further(operator: Path) -> None:
    code, commands = asked(operator, "upgrade", fail="--no-deps")
    assert (code != 0, commands[-1]) == (True, BACKUP)


def test_a_restart_whose_first_server_does_not_get_well_leaves_the_other_alone(operator: Path) -> None:
    # The fourth word of what starts it.
    code, commands = asked(operator, "restart", fail="--no-deps", runs=True)
    assert (code != 0, commands[-1].endswith("web-a")) == (True, True)
    assert [command for command in commands if "web-b" in command] == []


def test_a_restart_replaces_one_server_after_the_other_whether_or_not_it_changed(operator: Path) -> None:
    workers = "compose up --detach --no-deps --wait --force-recreate worker-urgent worker-general beat"
    assert asked(operator, "restart", runs=True) == (0, [*rolled("--force-recreate"), workers])


def test_a_restore_stops_the_programs_and_starts_them_again(operator: Path) -> None:
    code, commands = asked(operator, "restore", "backups/demanda-1.dump")
    assert (code, commands) == (
        0,
        [
            "compose stop web-a web-b worker-urgent worker-general beat",
            "compose run --rm --no-deps tools /tools/restore /backups/demanda-1.dump",
            "compose up --detach --wait",
        ],
    )


def test_a_rewind_stops_the_database_too_and_migrates_what_comes_back(operator: Path) -> None:
    code, commands = asked(operator, "rewind", "2026-11-29 10:00:00+00")
    stop, stop_too, made, start, waits, *rest = commands
    assert (code, stop, stop_too) == (
        0, "compose stop web-a web-b worker-urgent worker-general beat", "compose stop postgres",
    )  # fmt: skip
    data = SERVICES["archive"]["volumes"][2].rpartition(":")[2]
    assert made == f"compose run --rm --no-deps archive /tools/rewind 2026-11-29 10:00:00+00 {data}/18/docker"
    assert (start, "pg_is_in_recovery" in waits) == ("compose up --detach --wait postgres", True)
    assert (rest[0], rest[-1]) == ("compose run --rm migrate", "compose up --detach --wait --remove-orphans")


def test_a_copy_that_does_not_open_leaves_the_database_where_it_is(operator: Path) -> None:
    code, commands = asked(operator, "rewind", "2026-11-29 10:00:00+00", fail="--no-deps")
    assert (code != 0, "--no-deps archive" in commands[-1]) == (True, True)


def test_a_base_and_a_drill_are_made_beside_what_runs(operator: Path) -> None:
    assert asked(operator, "base") == (0, ["compose run --rm --no-deps archive /tools/base"])
    asked(operator, "secrets")
    assert asked(operator, "drill", "backups/a.dump") == (
        0, ["compose run --rm --no-deps -T archive /tools/drill /backups/a.dump"],
    )  # fmt: skip
    assert (operator / "backups" / "drill.prom").exists()


@pytest.mark.parametrize("arguments", [[], ["down"], ["restore"], ["rewind"]])
def test_what_is_no_command_does_nothing(operator: Path, arguments: list[str]) -> None:
    code, commands = asked(operator, *arguments)
    assert (code, commands) == (2, [])
