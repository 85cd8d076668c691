"""POST /imports: every rule of a delivery, broken over HTTP. The answer names the value, and nothing is stored."""

import json
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.imports.documents.builders import TODAY, citizen, without
from tests.imports.world import body_of, counts, problem

pytestmark = pytest.mark.django_db

NUMBERS: list[tuple[Any, str]] = [
    ("1", "invalid_type"), (1.0, "invalid_type"), (True, "invalid_type"), (None, "invalid_type"), ([], "invalid_type"),
    (-1, "out_of_range"), (2**63, "out_of_range"), (10**30, "out_of_range"), (-(10**30), "out_of_range"),
]  # fmt: skip
TEXTS: list[tuple[Any, str]] = [
    (7, "invalid_type"), (None, "invalid_type"), (["a"], "invalid_type"), (True, "invalid_type"), ("", "too_short"),
    ("\x00a", "invalid_characters"), ("a\ud800", "invalid_characters"), ("\udfffa", "invalid_characters"),
]  # fmt: skip
PLACES = [*TEXTS, ("a" * 257, "too_long"), (" -_.", "no_letter_or_digit"), ("😀", "no_letter_or_digit")]
CHANNELS = [*TEXTS, ("a" * 65, "too_long"), ("--", "no_letter_or_digit")]
DATES: list[tuple[Any, str]] = [
    (None, "invalid_type"), (26121986, "invalid_type"), ("", "invalid_date"), ("1986-12-26", "invalid_date"),
    ("26.12.86", "invalid_date"), ("6.12.1986", "invalid_date"), ("29.02.2023", "invalid_date"),
    ("31.04.2000", "invalid_date"), ("00.01.2000", "invalid_date"), ("01.01.0000", "invalid_date"),
    ("٢٦.12.1986", "invalid_date"), ("22.11.2026", "future_date"), ("01.01.9999", "future_date"),
]  # fmt: skip
GENDERS: list[tuple[Any, str]] = [
    (None, "invalid_type"),
    (1, "invalid_type"),
    ("", "invalid_choice"),
    ("Male", "invalid_choice"),
]
LISTS: list[tuple[Any, str]] = [
    (None, "invalid_type"),
    ({}, "invalid_type"),
    ("2", "invalid_type"),
    (2, "invalid_type"),
]
RULES = {
    "citizen_id": NUMBERS,
    "apartment": NUMBERS,
    "town": PLACES,
    "street": PLACES,
    "building": PLACES,
    "name": [*TEXTS, ("a" * 257, "too_long")],
    "channel": CHANNELS,
    "birth_date": DATES,
    "gender": GENDERS,
    "relatives": LISTS,
    "friends": LISTS,
}
SINGLE = [(field, value, code) for field, values in RULES.items() for value, code in values]


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY):
        yield


def refusal(client: APIClient, *citizens: Any) -> tuple[int, list[tuple[str, str]]]:
    """Status, pointers and codes of a delivery that must be refused, and that leaves nothing behind."""
    before = counts()
    # Not the client's own JSON: it cannot write half a surrogate pair.
    answer = client.post("/imports", body_of(citizens), content_type="application/json")
    assert answer["Content-Type"] == "application/problem+json"
    assert counts() == before
    return problem(answer)


def test_each_rule_of_each_field_is_kept(manager: APIClient) -> None:
    manager.post("/imports", {"citizens": [citizen(1)]})
    for field, value, code in SINGLE:
        found = refusal(manager, citizen(8), citizen(9) | {field: value})
        assert (field, value, found) == (field, value, (400, [(f"/citizens/1/{field}", code)]))


@pytest.mark.parametrize("field", citizen())
def test_a_missing_field_is_named(manager: APIClient, field: str) -> None:
    assert refusal(manager, without(field)) == (400, [(f"/citizens/0/{field}", "required")])


@pytest.mark.parametrize("kind", ["relatives", "friends"])
@pytest.mark.parametrize(
    ("ids", "place", "code"),
    [
        ([2, "3"], 1, "invalid_type"),
        ([2.0], 0, "invalid_type"),
        ([True], 0, "invalid_type"),
        ([None], 0, "invalid_type"),
        ([[2]], 0, "invalid_type"),
        ([-2], 0, "out_of_range"),
        ([10**30], 0, "out_of_range"),
        ([2, 2], 1, "duplicate"),
        ([7], 0, "unknown_citizen"),
        ([2], 0, "not_mutual"),
        ([1, 2], 1, "not_mutual"),
    ],
)
def test_each_offending_relation_is_named(manager: APIClient, kind: str, ids: Any, place: int, code: str) -> None:
    found = refusal(manager, citizen(1, **{kind: ids}), citizen(2))
    assert found == (400, [(f"/citizens/0/{kind}/{place}", code)])


def test_nobody_stands_in_both_lists(manager: APIClient) -> None:
    found = refusal(manager, citizen(1, relatives=[2], friends=[2]), citizen(2, relatives=[1], friends=[1]))
    assert found == (400, [("/citizens/0/friends/0", "in_both_lists"), ("/citizens/1/friends/0", "in_both_lists")])


def test_a_relative_here_is_not_a_friend_there(manager: APIClient) -> None:
    found = refusal(manager, citizen(1, relatives=[2]), citizen(2, friends=[1]))
    assert found == (400, [("/citizens/0/relatives/0", "not_mutual"), ("/citizens/1/friends/0", "not_mutual")])


def test_an_id_occurs_once(manager: APIClient) -> None:
    assert refusal(manager, citizen(1), citizen(2), citizen(1)) == (400, [("/citizens/2/citizen_id", "duplicate")])


@pytest.mark.parametrize(
    ("key", "written"), [("age", "age"), ("a/b~c", "a~1b~0c"), ("", ""), ("Town", "Town"), ("\ud800", "\\ud800")]
)
def test_an_unknown_field_is_named(manager: APIClient, key: str, written: str) -> None:
    assert refusal(manager, citizen(1) | {key: 1}) == (400, [(f"/citizens/0/{written}", "unknown_field")])


@pytest.mark.parametrize("value", [None, 1, "citizen", [], True])
def test_a_citizen_is_an_object(manager: APIClient, value: Any) -> None:
    assert refusal(manager, citizen(1), value) == (400, [("/citizens/1", "invalid_type")])


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/citizens", "required")]),
        ({"citizens": None}, [("/citizens", "invalid_type")]),
        ({"citizens": {}}, [("/citizens", "invalid_type")]),
        ({"citizens": [], "source": "x"}, [("/source", "unknown_field")]),
        ([], [("", "invalid_type")]),
        (None, [("", "invalid_type")]),
        ("citizens", [("", "invalid_type")]),
    ],
)
def test_the_document_has_citizens_alone(manager: APIClient, body: Any, errors: list[tuple[str, str]]) -> None:
    answer = manager.post("/imports", json.dumps(body), content_type="application/json")
    assert problem(answer) == (400, errors)
    assert counts() == (0, 0)


def test_every_offending_value_is_found_in_one_pass(manager: APIClient) -> None:
    found = refusal(manager, citizen(1, town="", apartment="1"), citizen(2, gender="x"), citizen(1))
    assert found == (
        400,
        [
            ("/citizens/0/town", "too_short"),
            ("/citizens/0/apartment", "invalid_type"),
            ("/citizens/1/gender", "invalid_choice"),
            ("/citizens/2/citizen_id", "duplicate"),
        ],
    )


def test_a_hundred_errors_are_listed_and_the_rest_are_counted(manager: APIClient) -> None:
    answer = manager.post("/imports", {"citizens": [citizen(number, town="") for number in range(130)]})
    status, errors = problem(answer)
    assert (status, errors) == (400, [(f"/citizens/{number}/town", "too_short") for number in range(100)])
    assert answer.json()["more_errors"] == 30


def test_what_is_refused_is_not_repeated(manager: APIClient) -> None:
    """A value may be personal: an answer may be logged by whoever called."""
    answer = manager.post("/imports", {"citizens": [citizen(1, name="Secret" * 100, town="Hidden" * 100)]})
    assert answer.status_code == 400
    assert (b"Secret" in answer.content, b"Hidden" in answer.content) == (False, False)
