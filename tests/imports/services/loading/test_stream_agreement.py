"""The same residents as one document and as a stream are taken in, or refused for the same reasons."""

import json
import re
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.common.problems import FieldError
from imports.documents import lines as module
from imports.documents.errors import InvalidDocument
from imports.documents.reader import read_document
from imports.documents.rules import Rules
from imports.services.loading.load_stream import load_stream
from tests.effort import tries
from tests.imports.documents.builders import RULES, TODAY, citizen, document
from tests.imports.documents.test_agreement import FIELDS, IDS, VALUES, valid_citizens
from tests.imports.world import counts

pytestmark = pytest.mark.django_db

Verdict = list[tuple[str, str, str]]

seeded = settings(
    deadline=None,
    derandomize=True,
    max_examples=tries(100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SMALL = st.lists(st.integers(1, 4), max_size=3)
PEOPLE = st.lists(st.builds(citizen, st.integers(1, 4), relatives=SMALL, friends=SMALL), max_size=6)


def of_document(citizens: list[Any], rules: Rules = RULES) -> Verdict:
    """Pointer, code and detail of each error of the residents as one document, told as a stream tells them."""
    try:
        read_document(document(*citizens), max_citizens=100, rules=rules)
    except InvalidDocument as refusal:
        return [as_line(error) for error in refusal.errors]
    return []


def as_line(error: FieldError) -> tuple[str, str, str]:
    number, field = re.fullmatch("/citizens/([0-9]+)(?:/(.*))?", error.pointer).groups()  # type: ignore[union-attr]
    return f"line {int(number) + 1}", error.code, f"{field}: {error.detail}" if field else error.detail


def of_stream(citizens: list[Any]) -> Verdict:
    """The same of a stream; a batch is a line or two, so that much happens between batches."""
    body = b"".join(json.dumps(one).encode() + b"\n" for one in citizens)
    before = counts()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE_BYTES", 400)
        try:
            load_stream(chunks=[body], actor=None, today=TODAY)
        except InvalidDocument as refusal:
            assert counts() == before
            return [(error.pointer, error.code, error.detail) for error in refusal.errors]
    assert counts() == (before[0] + 1, before[1] + len(citizens))
    return []


@seeded
@given(PEOPLE)
@example([citizen(1, relatives=[2], friends=[2]), citizen(2, friends=[1, 1])])
@example([citizen(1, relatives=[1], friends=[1])])
def test_both_agree_on_ids_and_relations(citizens: list[Any]) -> None:
    assert of_stream(citizens) == of_document(citizens)


@seeded
@given(PEOPLE)
@example([citizen(1, relatives=[1, 2]), citizen(2, relatives=[1])])
@example([citizen(1, relatives=[1, 2], town=""), citizen(2, relatives=[1])])
def test_both_agree_on_how_long_a_list_may_be(citizens: list[Any]) -> None:
    with override_settings(CITIZEN_MAX_RELATIVES=1, CITIZEN_MAX_FRIENDS=1):
        told = of_stream(citizens)
    assert told == of_document(citizens, RULES._replace(longest={"relatives": 1, "friends": 1}))


@seeded
@given(valid_citizens())
def test_both_take_valid_citizens_in(citizens: list[Any]) -> None:
    assert of_stream(citizens) == of_document(citizens) == []


@seeded
@given(FIELDS, VALUES | IDS, FIELDS, VALUES | IDS)
def test_both_agree_on_spoiled_fields(field: str, value: Any, other_field: str, other: Any) -> None:
    third = citizen(3) | {"relatives": [2], other_field: other}
    people = [citizen(1) | {field: value}, citizen(2, relatives=[3]), third, value]
    assert of_stream(people) == of_document(people)
