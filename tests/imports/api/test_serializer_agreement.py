"""The serializers that describe the OpenAPI document accept and refuse the same citizens as the documents do."""

import json
from datetime import date
from typing import Any

import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imports.api.serializers import CitizenPatchSerializer, CitizenSerializer, DeliverySerializer
from imports.documents.errors import InvalidDocument
from imports.documents.reader import read_document, read_patch
from tests.effort import tries
from tests.imports.documents.builders import RULES, TODAY, citizen
from tests.imports.documents.test_agreement import FIELDS, IDS, VALUES, valid_citizens

# From the longest list that may be to the first one that may not.
LONG = st.sampled_from([list(range(2, 1002)), list(range(1, 1001)), list(range(2, 1003))])
seeded = settings(deadline=None, derandomize=True, max_examples=tries(300))
# Beside whatever hypothesis thinks of: what a serializer would convert, trim or let through.
LOOSE: list[tuple[str, Any]] = [
    ("citizen_id", "1"), ("citizen_id", 1.0), ("citizen_id", True), ("apartment", None), ("apartment", 2**63),
    ("town", " "), ("town", " a"), ("town", 7), ("town", "\x00a"), ("town", "\ud800a"), ("town", "a" * 257),
    ("name", " "), ("name", ""), ("name", True), ("building", "-"), ("channel", "a" * 65), ("channel", None),
    ("birth_date", "26.12.1986\n"), ("birth_date", " 26.12.1986"), ("birth_date", "29.02.2023"), ("birth_date", 1),
    ("birth_date", "22.11.2026"), ("birth_date", "21.11.2026"), ("gender", "Male"), ("gender", ""),
    ("gender", ["male"]),
    ("relatives", [2, 2]), ("relatives", {}), ("relatives", "12"), ("relatives", [None]), ("friends", None),
    ("friends", [1, "2"]), ("age", 1),
]  # fmt: skip


def documents_accept(value: dict[str, Any]) -> bool:
    """Whether a document may hold this citizen, together with everybody that it names, who name it back."""
    named = {name: value.get(name) or [] for name in ("relatives", "friends")}
    ids = [other for ids in named.values() if isinstance(ids, list) for other in ids]
    strangers = {other for other in ids if type(other) is int and other != value.get("citizen_id")}
    back = [
        citizen(other, **{name: [value.get("citizen_id")] for name in named if other in named[name]})
        for other in strangers
    ]
    try:
        read_document(json.dumps({"citizens": [value, *back]}).encode(), max_citizens=2_100, rules=RULES)
    except InvalidDocument as refusal:
        return not any(error.pointer.startswith("/citizens/0") for error in refusal.errors)
    return True


def patches_accept(value: dict[str, Any]) -> bool:
    try:
        read_patch(json.dumps(value).encode(), rules=RULES)
    except InvalidDocument:
        return False
    return True


@pytest.fixture(autouse=True, scope="module")
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@seeded
@given(valid_citizens())
def test_the_serializers_accept_every_valid_delivery(citizens: list[dict[str, Any]]) -> None:
    assert DeliverySerializer(data={"citizens": citizens}).is_valid()
    for one in citizens:
        fields = {name: value for name, value in one.items() if name != "citizen_id"}
        assert CitizenPatchSerializer(data=fields).is_valid()


@seeded
@given(FIELDS, VALUES | IDS, FIELDS, VALUES | IDS)
@example("relatives", [2], "friends", [2])
@example("relatives", [1], "friends", [])
def test_both_agree_on_a_citizen_with_spoiled_fields(field: str, value: Any, other: str, another: Any) -> None:
    spoiled = citizen(1) | {field: value, other: another}
    assert CitizenSerializer(data=spoiled).is_valid() == documents_accept(spoiled)


@pytest.mark.parametrize(("field", "value"), LOOSE)
def test_both_agree_on_what_a_lenient_reader_would_convert(field: str, value: Any) -> None:
    spoiled = citizen(1) | {field: value}
    assert CitizenSerializer(data=spoiled).is_valid() == documents_accept(spoiled)
    assert CitizenPatchSerializer(data={field: value}).is_valid() == patches_accept({field: value})


@pytest.mark.parametrize("field", [*citizen(), "friends", "channel"])
def test_both_agree_on_a_citizen_that_lacks_a_field(field: str) -> None:
    lacking = {name: value for name, value in citizen(1).items() if name != field}
    assert CitizenSerializer(data=lacking).is_valid() == documents_accept(lacking)


@seeded
@given(st.dictionaries(FIELDS, VALUES | IDS, max_size=3))
@example({})
@example({"relatives": [1], "friends": [1]})
@example({"citizen_id": 1})
def test_both_agree_on_patches(patch: dict[str, Any]) -> None:
    assert CitizenPatchSerializer(data=patch).is_valid() == patches_accept(patch)


@settings(seeded, max_examples=tries(20))
@given(st.sampled_from(["relatives", "friends"]), LONG, FIELDS, LONG | IDS)
@example("relatives", list(range(2, 1003)), "town", "a")
@example("friends", list(range(2, 1002)), "relatives", [])
def test_both_agree_on_how_long_a_list_may_be(field: str, value: list[int], other: str, another: Any) -> None:
    lists = {field: value, other: another}
    assert CitizenSerializer(data=citizen(1) | lists).is_valid() == documents_accept(citizen(1) | lists)
    assert CitizenPatchSerializer(data=lists).is_valid() == patches_accept(lists)


def test_a_citizen_born_after_today_is_refused_by_both() -> None:
    born = citizen(1, birth_date=f"{date.fromordinal(TODAY.toordinal() + 1):%d.%m.%Y}")
    assert (CitizenSerializer(data=born).is_valid(), documents_accept(born)) == (False, False)
