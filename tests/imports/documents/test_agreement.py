"""The quick and the exhaustive validator accept the same documents."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imports.dates import format_birth_date
from imports.documents import quick
from imports.documents.errors import InvalidDocument
from imports.documents.exhaustive import read_exhaustively
from imports.documents.rules import Rules
from imports.documents.structs import Resident
from tests.effort import tries
from tests.imports.documents.builders import RULES, TODAY, citizen, document

TRICKY = st.sampled_from(
    ["", " ", "_", "-", "Я", "7", "٧", "½", "²", "Ⅷ", "😀", "\x00", "\ud800", "\udfff", "\\", "\\u0000", "\t",
     "a" * 64, "a" * 65, "a" * 256, "a" * 257, "😀" * 256 + "a", "а́", "female", "male", "unknown", "01.01.0001",
     "21.11.2026", "22.11.2026", "29.02.2023", "٢٦.12.1986", "1.1.1986", "26.12.1986\n"]
)  # fmt: skip
NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 2**63 - 1, 2**63, 2**64, 10**30, -(10**30), 1.0, 1.5, 1e300])
SCALARS = st.none() | st.booleans() | NUMBERS | TRICKY | st.text(max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TRICKY, inner, max_size=2))
IDS = st.lists(st.sampled_from([1, 2, 3, 4]) | NUMBERS, max_size=3)
FIELDS = st.sampled_from([*citizen(), "friends", "channel", "age", "Town"])
TEXTS = st.text(st.sampled_from("aЯ7٧é😀 -_\\\"'/\t\n\r\x7f\ufffe"), min_size=1, max_size=9)
PLACES = st.builds("{}{}".format, TEXTS, st.sampled_from("aЯ7٧é"))
BYTES = st.binary(max_size=3) | st.sampled_from(
    [b'"', b"\\", b"0", b"-", b".", b"e1", b",", b"]", b"}", b"\\u0000", b"\\ud800", b"\\ud83d\\ude00", b"\xef\xbb\xbf",
     b"\xed\xa0\x80", b"\xc0\x80", b"NaN", b"null", b"true", b"\x0c", b"\x7f", b" "]
)  # fmt: skip
# So tight that lists of a few ids are too long.
TIGHT = RULES._replace(longest={"relatives": 2, "friends": 2})
# Seeded, so that a red test stays red; no deadline, for the machine may be busy.
seeded = settings(deadline=None, derandomize=True, max_examples=tries(500))


@st.composite
def valid_citizens(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Citizens with mutual relations, nobody in both lists."""
    ids = draw(st.lists(st.integers(0, 2**63 - 1), unique=True, max_size=5))
    kinds = {
        (one, other): draw(st.sampled_from(["none", "relatives", "friends"]))
        for place, one in enumerate(ids)
        for other in ids[: place + 1]
    }
    return [draw(valid_citizen(one, kinds)) for one in ids]


@st.composite
def valid_citizen(draw: st.DrawFn, citizen_id: int, kinds: dict[tuple[int, int], str]) -> dict[str, Any]:
    """A resident with the relations that `kinds` gives each pair of ids."""

    def named(wanted: str) -> list[int]:
        pairs = [pair for pair, kind in kinds.items() if kind == wanted and citizen_id in pair]
        return [other if one == citizen_id else one for one, other in pairs]

    return {
        "citizen_id": citizen_id,
        "town": draw(PLACES),
        "street": draw(PLACES),
        "building": draw(PLACES),
        "apartment": draw(st.integers(0, 2**63 - 1)),
        "name": draw(TEXTS),
        "birth_date": format_birth_date(draw(st.dates(max_value=TODAY))),
        "gender": draw(st.sampled_from(["male", "female"])),
        "relatives": named("relatives"),
        "friends": named("friends"),
        "channel": draw(PLACES),
    }


def quickly(body: bytes, rules: Rules = RULES) -> list[Resident] | None:
    citizens = quick.decode(body)
    return citizens if citizens is not None and quick.is_valid(citizens, raw=body, rules=rules) else None


def exhaustively(body: bytes, rules: Rules = RULES) -> list[Resident] | None:
    try:
        return read_exhaustively(body, max_citizens=100, rules=rules)
    except InvalidDocument:
        return None


@seeded
@given(valid_citizens())
def test_both_accept_valid_documents(citizens: list[dict[str, Any]]) -> None:
    body = document(*citizens)
    expected = [Resident(**one) for one in citizens]
    assert quickly(body) == expected
    assert exhaustively(body) == expected


@seeded
@given(FIELDS, VALUES | IDS, FIELDS, VALUES | IDS)
@example("relatives", [2], "channel", "Ⅷ")
@example("friends", [1], "relatives", [1])
@example("friends", [3], "relatives", [])
def test_both_agree_on_a_document_with_spoiled_fields(field: str, value: Any, other_field: str, other: Any) -> None:
    body = document(
        citizen(1) | {field: value}, citizen(2, relatives=[3]), citizen(3) | {"relatives": [2], other_field: other}
    )
    assert quickly(body) == exhaustively(body)


@seeded
@given(valid_citizens(), FIELDS, VALUES | IDS)
@example([citizen(1, relatives=[1], friends=[])], "relatives", [1, 2, 3])
def test_both_agree_on_how_long_a_list_may_be(citizens: list[dict[str, Any]], field: str, value: Any) -> None:
    longest = max((len(one[name]) for one in citizens for name in TIGHT.longest), default=0)
    assert (quickly(document(*citizens), TIGHT) is not None) == (longest <= 2)
    spoiled = document(*citizens[:-1], *[one | {field: value} for one in citizens[-1:]])
    for body in (document(*citizens), spoiled):
        assert quickly(body, TIGHT) == exhaustively(body, TIGHT)


@seeded
@given(st.data())
def test_both_agree_on_a_document_with_spoiled_bytes(data: st.DataObject) -> None:
    body = document(citizen(1, relatives=[2]), citizen(2, relatives=[1], channel="a\u0007\\"))
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(start + 3, len(body))))
    spoiled = body[:start] + data.draw(BYTES) + body[end:]
    assert quickly(spoiled) == exhaustively(spoiled)


@seeded
@given(FIELDS, VALUES, VALUES | IDS)
def test_with_repeated_keys_the_quick_one_accepts_nothing_more(field: str, first: Any, last: Any) -> None:
    repeated = f"{json.dumps({field: first})[1:-1]}, {json.dumps({field: last})[1:-1]}"
    rest = json.dumps({name: value for name, value in citizen(1).items() if name != field})[1:-1]
    body = f'{{"citizens": [{{{repeated}, {rest}}}]}}'.encode()
    once = document({name: value for name, value in citizen(1).items() if name != field} | {field: last})
    assert exhaustively(body) == exhaustively(once)
    assert quickly(body) in (None, exhaustively(body))


@pytest.mark.parametrize(
    ("today", "accepted"), [(date(1986, 12, 25), False), (date(1986, 12, 26), True), (date(1986, 12, 27), True)]
)
def test_both_agree_on_what_is_the_future(today: date, accepted: bool) -> None:
    body = document(citizen(birth_date="26.12.1986"))
    rules = RULES._replace(today=today)
    assert (quickly(body, rules) is not None) == accepted
    assert (exhaustively(body, rules) is not None) == accepted
