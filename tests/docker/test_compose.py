"""compose.yml, the Dockerfile and the operator's script hold together."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.docker.image import files_of_the_image
from tests.server import ROOT

DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {"migrate", "web-a", "web-b", "worker-urgent", "worker-general", "beat", "consume", "relay"}
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
PINNED = re.compile(r"[a-z0-9./_-]+:v?\d+\.\d+[a-z0-9.-]*")


def test_there_is_all_that_the_product_needs() -> None:
    others = {"front", "acme", "postgres", "redis", "tools", "archive", "node-exporter", "prometheus", "grafana"}
    others |= {"alertmanager"}
    assert set(SERVICES) == OURS | others


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_programs_can_change_nothing_and_have_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert (DOCKER / "bin" / service["command"][0].removeprefix("docker/bin/")).stat().st_mode & 0o111


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_secrets_are_files_and_no_values(name: str) -> None:
    service = SERVICES[name]
    environment = {key: str(value) for key, value in service.get("environment", {}).items()}
    given = set(service.get("secrets", []))
    named = {Path(value).name for value in environment.values() if value.startswith("/run/secrets/")}
    assert named <= given <= set(COMPOSE["secrets"])
    secret = [key for key in environment if re.search("SECRET_KEY|(PASSWORD|METRICS_TOKEN|_URL)(_FILE)?$", key)]
    assert [key for key in secret if not key.endswith("_FILE")] == []


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate", "tools", "archive"}))
def test_what_runs_on_comes_back_and_keeps_its_logs_small(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"]["max-size"]
    # The image's own health check is the web server's.
    assert "healthcheck" in service or name in {"web-a", "web-b", "node-exporter"}


def test_images_are_pinned() -> None:
    images = {service["image"] for name, service in SERVICES.items() if name not in OURS}
    base = re.findall(r"^ARG PYTHON=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert [image for image in [*images, *base] if not PINNED.fullmatch(image)] == []
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${PYTHON}", "${PYTHON}"]


def test_every_variable_of_compose_is_read_somewhere() -> None:
    reader = (ROOT / "config" / "env.py").read_text()
    names = {key.removesuffix("_FILE") for name in OURS for key in SERVICES[name]["environment"]}
    assert [name for name in sorted(names) if f'"{name}"' not in reader] == []


# What the image says itself, what is of one machine without containers, and what the parts must agree on.
NOT_FOR_COMPOSE = {
    "CELERY_KEY_PREFIX", "CELERY_SOCKET_TIMEOUT", "CELERY_VISIBILITY_TIMEOUT", "DATABASE_SESSION_URL", "DATA_DIR",
    "DEBUG", "HEALTH_PORT", "HEARTBEAT_PATH", "HOST", "PORT", "PROMETHEUS_MULTIPROC_DIR",
}  # fmt: skip


def test_every_other_variable_reaches_every_program() -> None:
    reader = (ROOT / "config" / "env.py").read_text()
    read = set(re.findall(r'_(?:env\.\w+|blank)\("(\w+)"', reader))
    given = {name: {key.removesuffix("_FILE") for key in SERVICES[name]["environment"]} for name in OURS}
    assert read - set.union(*given.values()) == NOT_FOR_COMPOSE
    # What only some of them need.
    assert set.union(*given.values()) - set.intersection(*given.values()) == {
        "DRAIN_SECONDS", "METRICS_HOST", "METRICS_PORT", "WEB_THREADS", "WEB_WORKERS",
    }  # fmt: skip


def test_a_variable_without_a_value_is_not_blank() -> None:
    environment = COMPOSE["x-app"]["environment"]
    assert {environment[name] for name in ("IMPORT_LARGE_AT_ONCE", "PASSWORD_LINK_HOURS")} == {None}


def test_every_queue_has_a_worker_and_the_urgent_one_its_own() -> None:
    taken = {name: SERVICES[name]["command"][2].split(",") for name in ("worker-urgent", "worker-general")}
    assert taken["worker-urgent"] == ["urgent"]
    assert {queue for queues in taken.values() for queue in queues} == set(settings.BACKGROUND_QUEUES)


def test_redis_pushes_nothing_out_and_survives_its_end() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_callers_reach_the_front_alone_and_numbers_are_for_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {
        "front": ["${HTTP_ADDRESS:-80}:8080", "${HTTPS_ADDRESS:-443}:8443"],
        "prometheus": ["127.0.0.1:9090:9090"],
        "alertmanager": ["127.0.0.1:9093:9093"],
        "grafana": ["127.0.0.1:3000:3000"],
    }


def test_what_is_open_to_the_world_can_change_nothing_and_has_no_rights() -> None:
    front = SERVICES["front"]
    assert (front["read_only"], front["cap_drop"], front["user"]) == (True, ["ALL"], "101:101")
    assert front["security_opt"] == ["no-new-privileges:true"]
    for name in ("front", "acme"):
        (command,) = SERVICES[name]["command"]
        assert (DOCKER / "bin" / command.removeprefix("/demanda/bin/")).stat().st_mode & 0o111
        # It holds the key.
        assert [volume for volume in SERVICES[name]["volumes"] if volume.startswith("acme:/acme")]


def test_the_front_knows_the_web_servers_and_how_many_threads_they_have() -> None:
    environment = SERVICES["front"]["environment"]
    assert environment["FRONT_WEB"].split() == ["web-a", "web-b"]
    assert SERVICES["web-a"] == SERVICES["web-b"]
    size = SERVICES["web-a"]["environment"]
    assert {name: size[name] for name in ("WEB_WORKERS", "WEB_THREADS")}.items() <= environment.items()


def test_prometheus_asks_the_services_that_are_there() -> None:
    document = yaml.safe_load((DOCKER / "prometheus" / "prometheus.yml").read_text())
    jobs = document["scrape_configs"]
    targets = [target for job in jobs for each in job.get("static_configs", []) for target in each["targets"]]
    looked_up = [each for job in jobs for each in job.get("dns_sd_configs", [])]
    assert [(each["names"], each["port"]) for each in looked_up] == [(["consume", "relay"], 9808)]
    assert {SERVICES[name]["environment"]["METRICS_PORT"] for name in ("consume", "relay")} == {"9808"}
    assert [name for name in SERVICES if "kafka" in SERVICES[name].get("profiles", [])] == ["consume", "relay"]
    assert {target.partition(":")[0] for target in targets} <= set(SERVICES)
    assert f"worker-urgent:{SERVICES['worker-urgent']['environment']['METRICS_PORT']}" in targets
    assert {"web-a:8001", "web-b:8001"} <= set(targets)
    assert SERVICES["web-a"]["environment"]["ALLOWED_HOSTS"].endswith(",web-a,web-b")


def test_the_image_holds_the_product_and_no_secret() -> None:
    files = files_of_the_image()
    assert {"manage.py", "config/urls.py", "templates/base.html", "docker/bin/web"} <= set(files)
    outside = ("tests/", ".", "docs/", "docker/secrets", "docker/backups")
    assert [file for file in files if file.startswith(outside)] == []
    ending = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)$", ending, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^(?:ENV|ARG) .*(?:SECRET|PASSWORD|TOKEN|_URL).*$", DOCKERFILE, re.MULTILINE) == []


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
            "compose build migrate",
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
            "compose build migrate",
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
