"""PATCH /imports/{id}/citizens/{citizen_id}: fields, refusals, and what is written down."""

import json
import logging
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from imports.models import Correction, Import
from tests.factories import alike, people, relate
from tests.imports.api.test_post_refusals import SINGLE
from tests.imports.documents.builders import TODAY
from tests.imports.world import load, problem, stored

pytestmark = pytest.mark.django_db

NEW_VALUES: list[tuple[str, Any]] = [
    ("town", "Нью-Йорк"), ("street", "\\N"), ("building", "7/2"), ("apartment", 2**63 - 1), ("apartment", 0),
    ("name", "=1+1"), ("name", " "), ("birth_date", "29.02.2024"), ("birth_date", "21.11.2026"),
    ("birth_date", "01.01.0001"), ("gender", "female"), ("channel", "radio"), ("relatives", [2]), ("friends", [1]),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def delivered() -> int:
    """Four residents: 1 and 3 are relatives, 1 and 4 friends."""
    citizens = people(4, gender="male", apartment=1)
    return load(relate(relate(citizens, "relatives", (1, 3)), "friends", (1, 4)))


def patch(client: APIClient, import_id: int, body: Any, citizen_id: int = 1) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    return client.patch(f"/imports/{import_id}/citizens/{citizen_id}", content, content_type="application/json")


def refused(client: APIClient, import_id: int, body: Any) -> tuple[int, list[tuple[str, str]]]:
    """Status and errors of a correction that must be refused, and that changes nothing."""
    before = stored(import_id)
    answer = patch(client, import_id, body)
    assert (stored(import_id), Import.objects.get().revision, Correction.objects.count()) == (before, 0, 0)
    return problem(answer)


@pytest.mark.parametrize(("field", "value"), NEW_VALUES)
def test_each_field_is_corrected_and_nothing_else(manager: APIClient, field: str, value: Any) -> None:
    import_id = load(people(2, gender="male", apartment=1))
    before = stored(import_id)
    answer = patch(manager, import_id, {field: value})
    assert (answer.status_code, answer.json()) == (200, {"data": before[1] | {field: value}})
    after = stored(import_id)
    assert after[1] == before[1] | {field: value}
    others = {field: [1]} if value == [2] else {}
    assert after[2] == before[2] | others


def test_several_fields_are_corrected_at_once(manager: APIClient, delivered: int) -> None:
    body = {"town": "A", "friends": [], "birth_date": "01.02.2003", "relatives": [2, 4]}
    before = stored(delivered)
    assert patch(manager, delivered, body).json() == {"data": before[1] | body}
    assert [stored(delivered)[number]["relatives"] for number in (2, 3, 4)] == [[1], [], [1]]


def test_a_correction_is_written_down_once_with_old_and_new_values(manager: APIClient, delivered: int) -> None:
    old = stored(delivered)[1]
    patch(manager, delivered, {"town": "New", "birth_date": "01.02.2003", "relatives": [2], "gender": "male"})
    correction = Correction.objects.get()
    assert (correction.delivery_id, correction.citizen_id) == (delivered, 1)
    assert correction.corrected_by is not None
    assert correction.corrected_by.username == "managers"
    day, month, year = old["birth_date"].split(".")
    assert correction.changes == {
        "town": {"from": old["town"], "to": "New"},
        "birth_date": {"from": f"{year}-{month}-{day}", "to": "2003-02-01"},
        "relatives": {"from": [3], "to": [2]},
    }
    assert Import.objects.get().revision == 1


def test_what_does_not_change_is_not_written_down(manager: APIClient, delivered: int) -> None:
    row = stored(delivered)[1]
    answer = patch(manager, delivered, {name: value for name, value in row.items() if name != "citizen_id"})
    assert (answer.status_code, answer.json()) == (200, {"data": row})
    assert (Import.objects.get().revision, Correction.objects.count()) == (0, 0)


@pytest.mark.parametrize(("field", "value", "code"), [rule for rule in SINGLE if rule[0] != "citizen_id"])
def test_each_rule_of_each_field_is_kept(manager: APIClient, field: str, value: Any, code: str) -> None:
    import_id = load(people(1))
    assert refused(manager, import_id, {field: value}) == (400, [(f"/{field}", code)])


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("", "required")]),
        (None, [("", "invalid_type")]),
        ([], [("", "invalid_type")]),
        ("name", [("", "invalid_type")]),
        (b"", [("", "malformed_json")]),
        (b'{"name": "x"', [("", "malformed_json")]),
        (b'{"name": NaN}', [("", "malformed_json")]),
        (b'{"name": "\xff"}', [("", "malformed_json")]),
        (b"[" * 10_000 + b"]" * 10_000, [("", "too_deep")]),
        ({"age": 7}, [("/age", "unknown_field")]),
        ({"citizen_id": 1}, [("/citizen_id", "read_only")]),
        ({"citizen_id": 5, "name": "x"}, [("/citizen_id", "read_only")]),
        (
            {"town": None, "age": 1, "relatives": [2, "3", 2]},
            [
                ("/town", "invalid_type"),
                ("/relatives/1", "invalid_type"),
                ("/relatives/2", "duplicate"),
                ("/age", "unknown_field"),
            ],
        ),
    ],
)
def test_a_body_that_is_no_correction_is_refused(
    manager: APIClient, delivered: int, body: Any, errors: list[tuple[str, str]]
) -> None:
    assert refused(manager, delivered, body) == (400, errors)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"relatives": [3, 7]}, [("/relatives/1", "unknown_citizen")]),
        ({"friends": [7, 4, 8]}, [("/friends/0", "unknown_citizen"), ("/friends/2", "unknown_citizen")]),
        ({"relatives": [2, 2]}, [("/relatives/1", "duplicate")]),
        ({"relatives": [2], "friends": [4, 2]}, [("/friends/1", "in_both_lists")]),
        ({"relatives": [3, 4]}, [("/relatives/1", "in_both_lists")]),
        ({"friends": [3]}, [("/friends/0", "in_both_lists")]),
        ({"town": "New", "relatives": [9]}, [("/relatives/0", "unknown_citizen")]),
    ],
)
def test_impossible_relations_are_refused(
    manager: APIClient, delivered: int, body: Any, errors: list[tuple[str, str]]
) -> None:
    assert refused(manager, delivered, body) == (400, errors)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-ndjson", "application/merge-patch+json"])
def test_another_content_type_is_415(manager: APIClient, delivered: int, content_type: str) -> None:
    url = f"/imports/{delivered}/citizens/1"
    assert manager.patch(url, b'{"town": "New"}', content_type=content_type).status_code == 415
    assert Import.objects.get().revision == 0


def test_a_body_beyond_the_limit_is_413(manager: APIClient, delivered: int) -> None:
    assert refused(manager, delivered, b'{"town": "New"}' + b" " * 1024 * 1024) == (413, [])


def test_a_thousand_relations_are_given_and_taken_away(manager: APIClient) -> None:
    import_id = load(alike(1_101))
    thousand = list(range(2, 1_002))
    assert patch(manager, import_id, {"relatives": thousand}).json()["data"]["relatives"] == thousand
    rows = stored(import_id)
    assert [rows[other]["relatives"] for other in thousand] == [[1]] * 1_000
    moved = {"relatives": thousand[500:], "friends": list(range(1_002, 1_102))}
    assert patch(manager, import_id, moved).status_code == 200
    rows = stored(import_id)
    assert [len(rows[1]["relatives"]), len(rows[1]["friends"])] == [500, 100]
    assert sum(len(row["relatives"]) + len(row["friends"]) for row in rows.values()) == 1_200


def test_no_personal_data_reach_the_logs(
    manager: APIClient, delivered: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {"name": "Zaphod Secretperson", "town": "Hiddenville", "birth_date": "13.07.1977"}
    refusals = [{"name": "Zaphod Secretperson", "age": 1}, {"town": "Hiddenville", "relatives": [99]}]
    assert patch(manager, delivered, secrets).status_code == 200
    assert [patch(manager, delivered, body).status_code for body in refusals] == [400, 400]
    posted = manager.post("/imports", {"citizens": [people(1)[0] | secrets]})
    assert manager.get(f"{posted['Location']}/citizens").status_code == 200
    output = "".join(capfd.readouterr())
    # The driver's own debug lines are for developers who ask for them; here they show that logging was on.
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert lines != []
    logged = "\n".join([*lines, output])
    assert [secret for secret in ("Zaphod", "Hiddenville", "1977") if secret in logged] == []
