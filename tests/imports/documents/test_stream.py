"""Reading residents one a line: what is right goes on, what is wrong is named by its line."""

import itertools
import json
from typing import Any

import pytest

from imports.documents import stream as module
from imports.documents.lines import MAX_LINE_BYTES
from imports.documents.stream import LineReader, Outline
from tests.imports.documents.builders import RULES, citizen
from tests.imports.spots import spots

ONE, TWO = json.dumps(citizen(1)).encode(), json.dumps(citizen(2)).encode()
DEEP = b"[" * 10_000 + b"]" * 10_000


def read(*chunks: bytes) -> tuple[list[int], list[Outline], list[tuple[str, str]]]:
    """The ids that can be stored, the outlines of the rest, and pointer and code of each error."""
    reader = LineReader(chunks, rules=RULES)
    stored = [one.citizen_id for batch in reader.sound() for one in batch]
    rest = [outline for batch in reader.outlines() for outline in batch]
    assert reader.is_sound or rest or reader.errors.count
    return stored, rest, spots(reader.errors.errors)


def errors(body: bytes) -> list[tuple[str, str]]:
    return read(body)[2]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n", b"\n \t\r\n\n"])
def test_empty_lines_are_fine_at_the_end(end: bytes) -> None:
    assert read(ONE + b"\r\n" + TWO + end) == ([1, 2], [], [])


def test_nothing_is_a_delivery_of_nobody() -> None:
    assert read() == read(b"") == read(b"\n\n") == ([], [], [])


def test_spaces_around_a_citizen_are_fine() -> None:
    assert read(b" " + ONE + b"\t\n  " + TWO)[0] == [1, 2]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"\n" + ONE, [("line 1", "malformed_json")], id="empty first"),
        pytest.param(
            ONE + b"\n\n \r\n" + TWO, [("line 2", "malformed_json"), ("line 3", "malformed_json")], id="empty"
        ),
        pytest.param(ONE + b" " + TWO + b"\n\n", [("line 1", "malformed_json")], id="two on a line"),
        pytest.param(
            ONE.replace(b",", b",\n", 1), [("line 1", "malformed_json"), ("line 2", "malformed_json")], id="cut"
        ),
        pytest.param(ONE + b"\n" + ONE.replace(b"male", b"m\xffle"), [("line 2", "malformed_json")], id="not UTF-8"),
        pytest.param(ONE.replace(b'"male"', b'"m\\u0000"'), [("line 1/gender", "invalid_choice")], id="no choice"),
        pytest.param(ONE.replace(b'"16', b'"\\u0000'), [("line 1/building", "invalid_characters")], id="NUL"),
        pytest.param(b"\0", [("line 1", "malformed_json")], id="a bare NUL"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf" + ONE, [("line 1", "malformed_json")], id="two byte order marks"),
        pytest.param(DEEP, [("line 1", "too_deep")], id="deep"),
        pytest.param(ONE.replace(b": 7", b": " + DEEP), [("line 1", "too_deep")], id="deep in a field"),
        pytest.param(ONE.replace(b": 7", b": 1" + b"0" * 100_000), [("line 1/apartment", "out_of_range")], id="huge"),
        pytest.param(ONE.replace(b": 7", b": NaN"), [("line 1", "malformed_json")], id="NaN"),
        pytest.param(b"[" + ONE + b"]", [("line 1", "invalid_type")], id="a list"),
        pytest.param(b'{"citizens": [' + ONE + b"]}", [("line 1/citizen_id", "required")], id="a document"),
        pytest.param(b'"citizen"', [("line 1", "invalid_type")], id="a text"),
        pytest.param(b"null", [("line 1", "invalid_type")], id="null"),
        pytest.param(b"garbage", [("line 1", "malformed_json")], id="garbage"),
        pytest.param(b"a" * MAX_LINE_BYTES + b"a\n" + ONE, [("line 1", "line_too_long")], id="long"),
    ],
)
def test_what_is_no_citizen_is_named_by_its_line(body: bytes, expected: list[tuple[str, str]]) -> None:
    assert errors(body)[: len(expected)] == expected


def test_an_empty_object_lacks_every_field() -> None:
    required = [name for name in citizen() if name not in {"friends", "channel"}]
    assert errors(ONE + b"\n{}") == [(f"line 2/{name}", "required") for name in required]


def test_every_wrong_line_is_found_and_the_first_hundred_are_listed() -> None:
    reader = LineReader([b"{]\n" * 150 + b"\n" * 200 + b"x"], rules=RULES)
    assert list(reader.sound()) == []
    list(reader.outlines())
    assert ([error.pointer for error in reader.errors.errors], reader.errors.count) == (
        [f"line {number}" for number in range(1, 101)],
        351,
    )


def test_empty_lines_between_are_counted_without_being_listed_one_by_one() -> None:
    reader = LineReader([b"\n" * 1_000_000, ONE], rules=RULES)
    list(reader.sound())
    assert (len(reader.errors.errors), reader.errors.count) == (100, 1_000_000)


def test_of_too_many_errors_the_rest_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_COUNTED", 3)
    endless = itertools.repeat(b"x\ny\n")
    reader = LineReader(endless, rules=RULES)
    list(reader.sound()), list(reader.outlines())
    assert reader.errors.count == 4


def test_after_an_error_only_what_the_whole_needs_is_kept() -> None:
    body = [ONE + b"\n", b'{"citizen_id": 3}\n' + TWO + b"\n", b'{"citizen_id": -1}\n{}\n', ONE]
    stored, rest, _ = read(*body)
    assert (stored, rest) == ([1], [Outline(2, 3, [], []), Outline(3, 2, [], []), Outline(6, 1, [], [])])


def test_who_names_somebody_in_both_lists_is_not_to_be_stored() -> None:
    both: Any = citizen(3, relatives=[1, 2], friends=[2])
    stored, rest, found = read(ONE + b"\n", json.dumps(both).encode() + b"\n", TWO)
    assert (stored, rest, found) == ([1], [Outline(2, 3, [1, 2], [2]), Outline(3, 2, [], [])], [])


def test_of_a_repeated_key_the_last_one_counts() -> None:
    assert read(ONE.replace(b'"apartment": 7', b'"apartment": "x", "apartment": 7'))[0] == [1]


def test_dates_are_checked_against_the_day_of_the_delivery() -> None:
    assert errors(json.dumps(citizen(1, birth_date="22.11.2026")).encode()) == [("line 1/birth_date", "future_date")]
