"""The overlays of docker/kubernetes: what Kubernetes takes, the programs of compose.yml, and what these may do."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.docker.kubernetes import FOLDER, OVERLAYS, complaints, programs, rendered
from tests.docker.test_compose import OURS, SERVICES

WHOLE = rendered(FOLDER / "overlays" / "production")
PODS = programs(WHOLE)
SETTINGS: dict[str, str] = next(each["data"] for each in WHOLE if each["kind"] == "ConfigMap")
# The image's programs, and what is put in place of compose's own servers.
WEB = {"web-a": "web", "web-b": "web"}
# A variable with its default in compose, and one of the container in Kubernetes.
VARIABLE = re.compile(r"\$\{(\w+):-\w+\}")


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["containers"]
    return dict(only)


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_kubernetes_takes_each_overlay(overlay: Path) -> None:
    assert list(complaints(rendered(overlay))) == []


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("replicas: 1", "replica: 1", "Deployment beat: spec: Additional properties are not allowed ('replica' "),
        ("kind: Deployment", "kind: Deploymnt", "Deploymnt beat: Couldn't find schema for kind Deploymnt"),
        ("cpu: 50m", "cpu: [50m]", "Deployment beat: spec.template.spec.containers.0.resources.requests.cpu"),
    ],
)
def test_a_planted_mistake_is_found(tmp_path: Path, right: str, wrong: str, complaint: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    planted = tmp_path / "kubernetes" / "base" / "beat.yaml"
    planted.write_text(planted.read_text().replace(right, wrong))
    objects = rendered(tmp_path / "kubernetes" / "overlays" / "trial")
    (found,) = complaints([each for each in objects if each["metadata"]["name"] == "beat"])
    assert found.startswith(complaint)


def test_compose_and_kubernetes_run_the_same_programs_with_the_same_commands() -> None:
    compose = {WEB.get(name, name): SERVICES[name]["command"] for name in [*OURS, "front"]}
    compose = {name: [VARIABLE.sub(r"$(\1)", word) for word in command] for name, command in compose.items()}
    assert {name: container(name)["command"] for name in PODS} == compose


def test_compose_and_kubernetes_ask_the_same_for_signs_of_life() -> None:
    for name in ("worker-urgent", "worker-general", "beat", "consume", "relay"):
        command = container(name)["livenessProbe"]["exec"]["command"]
        assert ["CMD", *command] == SERVICES[name]["healthcheck"]["test"]
    assert container("front")["image"] == SERVICES["front"]["image"]


def test_secrets_are_files_and_no_values() -> None:
    given = {SERVICES["web-a"]["environment"][name] for name in SETTINGS if name.endswith("_FILE")}
    assert {value for name, value in SETTINGS.items() if name.endswith("_FILE")} == given
    secret = [name for name in SETTINGS if re.search("SECRET_KEY|PASSWORD|METRICS_TOKEN|_URL", name)]
    assert [name for name in secret if not name.endswith("_FILE")] == []
    assert [each["metadata"]["name"] for each in WHOLE if each["kind"] == "Secret"] == []


def test_what_compose_asks_of_every_program_is_asked_here_too() -> None:
    environment = SERVICES["worker-general"]["environment"] | SERVICES["web-a"]["environment"]
    # With a value in compose; what is chosen by whoever installs it, and what has a disk to look at, is not.
    fixed = {name: str(value) for name, value in environment.items() if value and "$" not in str(value)}
    ours = {name: value for name, value in SETTINGS.items() if name in fixed}
    assert fixed.keys() - ours.keys() == {"DATABASE_DISK", "KAFKA_SSL_KEY_PASSWORD_FILE"}
    assert ours == {name: fixed[name] for name in ours}
    reader = (FOLDER.parents[1] / "config" / "env.py").read_text()
    names = {name.removesuffix("_FILE") for name in SETTINGS} - {"WORKER_PROCESSES"}
    assert [name for name in sorted(names) if f'"{name}"' not in reader] == []


@pytest.mark.parametrize("name", sorted(PODS))
def test_programs_can_change_nothing_and_have_no_rights(name: str) -> None:
    pod = PODS[name]
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"] > 0) == (True, True)
    for each in [*pod["containers"], *pod.get("initContainers", [])]:
        assert each["securityContext"] == {
            "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert each["resources"]["requests"].keys() == {"cpu", "memory"}
        assert each["resources"]["limits"].keys() == {"memory"}


def test_two_web_servers_and_fronts_stay_while_they_are_replaced_or_moved() -> None:
    (scaler,) = [each["spec"] for each in WHOLE if each["kind"] == "HorizontalPodAutoscaler"]
    assert (scaler["scaleTargetRef"]["name"], scaler["minReplicas"]) == ("web", 2)
    budgets = {each["metadata"]["name"] for each in WHOLE if each["kind"] == "PodDisruptionBudget"}
    deployments = {each["metadata"]["name"]: each["spec"] for each in WHOLE if each["kind"] == "Deployment"}
    assert budgets == {"web", "front"}
    for name in budgets:
        assert deployments[name]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        # Longer than what it has begun may take.
        assert PODS[name]["terminationGracePeriodSeconds"] > int(SETTINGS["DRAIN_SECONDS"])
    # An autoscaler's number, which a deployment must not set back.
    assert "replicas" not in deployments["web"]
    assert (deployments["beat"]["replicas"], deployments["relay"]["replicas"]) == (1, 1)


def test_only_the_front_is_open_to_the_world() -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in WHOLE if each["kind"] == "NetworkPolicy"}
    assert policies["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    opened = [name for name, each in policies.items() for rule in each.get("ingress", []) if "from" not in rule]
    assert opened == ["front"]
    types = {each["metadata"]["name"]: each["spec"].get("type") for each in WHOLE if each["kind"] == "Service"}
    assert types == {"front": "LoadBalancer", "web": None}


def test_every_program_that_counts_is_scraped() -> None:
    monitored: set[str] = set()
    for each in WHOLE:
        if each["kind"] in {"ServiceMonitor", "PodMonitor"}:
            selector = each["spec"]["selector"]
            monitored |= {value for rule in selector.get("matchExpressions", []) for value in rule["values"]}
            monitored |= {selector["matchLabels"].get("app.kubernetes.io/component", "")} - {""}
    assert monitored == set(PODS) - {"front", "beat", "migrate"}


KUBECTL = """#!/bin/sh
echo "$@" >> "$LOG"
case "$*" in
    kustomize*) echo 'kind: List' ;;
    *condition=complete*) [ "$FAIL" != migration ] ;;
    *condition=failed*) [ "$FAIL" = migration ] ;;
    *" apply "*) cat > /dev/null ;;
esac
"""


def deployed(folder: Path, fail: str = "") -> tuple[int, list[str]]:
    """The exit code of `deploy`, and what it asked kubectl."""
    program = folder / "kubectl"
    program.write_text(KUBECTL)
    program.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.defpath}", "LOG": str(folder / "log"), "FAIL": fail}
    command = [FOLDER / "deploy", FOLDER / "overlays" / "production"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode, (folder / "log").read_text().splitlines()


def test_a_deployment_migrates_before_any_program_changes(tmp_path: Path) -> None:
    code, asked = deployed(tmp_path)
    assert (code, asked[1:]) == (
        0,
        [
            "--namespace demanda delete job migrate --ignore-not-found",
            "--namespace demanda apply --filename - --selector app.kubernetes.io/component in (settings, migrate)",
            "--namespace demanda wait --for condition=complete --timeout 5s job/migrate",
            "--namespace demanda apply --filename -",
            "--namespace demanda rollout status deployment --selector app.kubernetes.io/name=demanda --timeout 15m",
        ],
    )


def test_a_migration_that_fails_leaves_the_programs_as_they_were(tmp_path: Path) -> None:
    code, asked = deployed(tmp_path, fail="migration")
    assert (code, asked[-1]) == (1, "--namespace demanda logs job/migrate --tail 50")
    assert [each for each in asked if each.endswith("apply --filename -")] == []


def test_what_goes_before_the_rest_is_selected() -> None:
    labels = [(each["kind"], each["metadata"].get("labels", {})) for each in WHOLE]
    early = {"settings", "migrate"}
    assert [kind for kind, each in labels if each.get("app.kubernetes.io/component") in early] == ["ConfigMap", "Job"]
