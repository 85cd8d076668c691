"""compose.yml and the Dockerfile hold together."""

import re
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
