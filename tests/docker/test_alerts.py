"""Alerts and dashboard ask for what there is, and each alert has its page for the one who is woken."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client

from config.common.observe.metrics.exposition import exposition
from tests.common.observe.metrics.samples import samples
from tests.server import ROOT

pytestmark = pytest.mark.django_db
PROMETHEUS = ROOT / "docker" / "prometheus"
# Of Prometheus itself, of its node exporter, and of the files that a backup and a drill write.
ELSEWHERE = {
    "up": {"job", "instance"},
    "node_filesystem_avail_bytes": {"instance", "mountpoint", "fstype"},
    "node_filesystem_size_bytes": {"instance", "mountpoint", "fstype"},
    "demanda_backup_timestamp_seconds": set(),
    "demanda_backup_bytes": set(),
    "demanda_drill_timestamp_seconds": set(),
}
# They are there from the first task, or the first error, on.
LATER = {
    "demanda_task_runs_total": {"task", "outcome"},
    "demanda_task_errors_total": {"task", "exception", "outcome"},
    "demanda_task_seconds_bucket": {"task", "le"},
    "demanda_task_queue_seconds_bucket": {"task", "queue", "le"},
    "demanda_database_errors_total": {"error"},
    "demanda_beat_silent_seconds": set(),
    "demanda_kafka_messages_total": {"topic", "outcome"},
}
# They are there where there is a replica.
WITH_REPLICA: dict[str, set[str]] = {"demanda_replica_lag_seconds": {"replica"}}
# They are there where there is a Kafka.
WITH_KAFKA: dict[str, set[str]] = {
    "demanda_kafka_lag": {"topic", "partition"},
    "demanda_kafka_silent_seconds": set(),
    "demanda_kafka_missing_messages": set(),
    "demanda_kafka_dead_letters": set(),
    "demanda_kafka_relay_backlog": set(),
    "demanda_kafka_relay_oldest_seconds": set(),
}
WORDS = {
    "absent", "by", "delta", "histogram_quantile", "increase", "instance", "job", "max", "min", "on", "or", "rate",
    "sum", "time",
}  # fmt: skip
GIVEN_BY_PROMETHEUS = {"instance", "job"}
# What an expression is made of: a name with its matchers, durations, groups of labels.
_SELECTOR = re.compile(r"([a-z_]+)(?:\{([^}]*)\})?")
_GROUPS = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")
_MATCHER = re.compile(r'([a-z_]+)(=~|!~|=|!=)"([^"]*)"')


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[tuple[str, str]]:
    dashboard = json.loads((ROOT / "docker" / "grafana" / "dashboards" / "demanda.json").read_text())
    return [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]


EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in rules()] + panels()


@pytest.fixture(scope="module")
def exposed(django_db_setup: None, django_db_blocker: Any) -> dict[str, dict[str, set[str]]]:
    """Of each metric that is really there: its labels and their values."""
    found: dict[str, dict[str, set[str]]] = {name: {label: set() for label in labels} for name, labels in LATER.items()}
    for others in (ELSEWHERE, WITH_REPLICA, WITH_KAFKA):
        found |= {name: {label: set() for label in labels} for name, labels in others.items()}
    with django_db_blocker.unblock():
        # Twice: the first answer is counted in the second.
        Client().get("/metrics")
        text = Client().get("/metrics").content
    for sample in samples(text):
        name, _, inside = sample.partition("{")
        labels = found.setdefault(name, {})
        for label, _, value in _MATCHER.findall(inside):
            labels.setdefault(label, set()).add(value)
    return found


def selectors(expression: str) -> Iterator[tuple[str, str]]:
    """Each name of a metric with its matchers."""
    plain = re.sub(r"\[[^]]*\]", "", _GROUPS.sub("", expression))
    outside = re.sub(r'"[^"]*"', lambda text: text.group().replace("(", " ").replace("|", "¦"), plain)
    for name, matchers in _SELECTOR.findall(re.sub(r"\b\d+[a-z]?\b", "", outside)):
        if name not in WORDS:
            yield name, matchers.replace("¦", "|")


@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS)
def test_it_asks_for_metrics_labels_and_values_that_are_there(
    name: str, expression: str, exposed: dict[str, dict[str, set[str]]]
) -> None:
    asked = list(selectors(expression))
    assert asked != []
    grouped = {label.strip() for group in _GROUPS.findall(expression) for label in group.split(",")}
    labels_of_all = {label for metric, _ in asked for label in exposed.get(metric, {})}
    assert grouped - GIVEN_BY_PROMETHEUS <= labels_of_all
    for metric, matchers in asked:
        assert metric in exposed, metric
        for label, kind, value in _MATCHER.findall(matchers):
            assert label in exposed[metric], (metric, label)
            known = exposed[metric][label]
            # What states and queues there are is known; which statuses were answered is not.
            assert kind != "=" or not known or value in known, (metric, label, value)


def test_a_misspelt_name_label_or_value_would_be_seen(exposed: dict[str, dict[str, set[str]]]) -> None:
    wrong = ["max(demanda_worker) == 0", "max by (que) (demanda_workers) == 0", 'demanda_workers{queue="urgend"} == 0']
    for expression in wrong:
        with pytest.raises(AssertionError):
            test_it_asks_for_metrics_labels_and_values_that_are_there("wrong", expression, exposed)


def test_what_comes_later_is_spelt_as_it_is_declared() -> None:
    declared = set(re.findall(rb"^# TYPE (\S+)", exposition(), re.MULTILINE))
    stems = {re.sub("_(bucket|total)$", "", name).encode() for name in LATER if "beat" not in name}
    # A counter's TYPE line carries its suffix.
    assert stems <= {name.removesuffix(b"_total") for name in declared}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_each_alert_says_how_bad_it_is_and_where_is_written_what_to_do(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert (page, anchor) == ("docs/operations.md", rule["alert"].lower())
    assert f"\n### {rule['alert']}\n" in (ROOT / page).read_text()


def test_each_alert_is_tested_silent_and_firing() -> None:
    document = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())
    tested = {test["name"] for test in document["tests"]}
    assert tested == {f"{rule['alert']} {how}" for rule in rules() for how in ("silent", "fires")}


def test_no_page_is_left_of_an_alert_that_is_gone() -> None:
    chapter = (ROOT / "docs" / "operations.md").read_text().partition("\n## Alerts\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", chapter, re.MULTILINE) == [rule["alert"] for rule in rules()]
