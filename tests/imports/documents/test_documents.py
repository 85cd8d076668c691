"""A delivery as a whole: JSON, limits, everything in one pass, nothing personal in an error."""

import json

import pytest

from config.common.texts import Text, said
from imports.documents.errors import DocumentTooLarge, InvalidDocument
from imports.documents.reader import read_document
from imports.documents.structs import Resident
from tests.imports.documents.builders import RULES, citizen, document, refused, without
from tests.translations import marked, reading


def read(body: bytes, max_citizens: int = 10_000) -> list[Resident]:
    return read_document(body, max_citizens=max_citizens, rules=RULES)


def refusal_of(body: bytes) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as refusal:
        read(body)
    return refusal.value


def test_a_valid_document_is_read_field_by_field() -> None:
    first = citizen(1, relatives=[1, 2], friends=[3], channel="радио")
    second = citizen(2, relatives=[1], gender="female")
    third = citizen(2**63 - 1, relatives=[], friends=[], apartment=0)
    first["friends"] = []
    assert read(document(first, second, third)) == [
        Resident(**first),
        Resident(**second, friends=[], channel="unknown"),
        Resident(**third, channel="unknown"),
    ]


def test_escapes_in_keys_and_texts_are_read() -> None:
    body = document(citizen(town="😀 7")).replace(b'"town"', b'"\\u0074own"')
    assert read(body)[0].town == "😀 7"


def test_an_escaped_backslash_before_u0000_is_no_nul_character() -> None:
    assert read(document(citizen(name="\\u0000")))[0].name == "\\u0000"


def test_minus_zero_is_an_integer() -> None:
    body = document(citizen()).replace(b'"apartment": 7', b'"apartment": -0')
    assert read(body)[0].apartment == 0


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        pytest.param(b"", "", "malformed_json", id="empty"),
        pytest.param(b" \n", "", "malformed_json", id="white space"),
        pytest.param(b'{"citizens": [', "", "malformed_json", id="truncated"),
        pytest.param(b'{"citizens": []} 1', "", "malformed_json", id="something after it"),
        pytest.param(b'{"citizens": [],}', "", "malformed_json", id="a comma too many"),
        pytest.param(b'\xef\xbb\xbf{"citizens": []}', "", "malformed_json", id="a byte order mark"),
        pytest.param('{"citizens": []}'.encode("utf-16"), "", "malformed_json", id="UTF-16"),
        pytest.param(b'{"citizens": ["\xff"]}', "", "malformed_json", id="not UTF-8"),
        pytest.param(b'{"citizens": ["\xed\xa0\x80"]}', "", "malformed_json", id="a surrogate in UTF-8"),
        pytest.param(b'{"citizens": ["\x00"]}', "", "malformed_json", id="a raw NUL"),
        pytest.param(b'{"citizens": NaN}', "", "malformed_json", id="NaN"),
        pytest.param(b'{"citizens": [Infinity]}', "", "malformed_json", id="Infinity"),
        pytest.param(b'{"citizens": [-Infinity]}', "", "malformed_json", id="-Infinity"),
        pytest.param(b'{"citizens": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "", "too_deep", id="too deep"),
        pytest.param(b"[]", "", "invalid_type", id="a list"),
        pytest.param(b"null", "", "invalid_type", id="null"),
        pytest.param(b'"citizens"', "", "invalid_type", id="a text"),
        pytest.param(b"{}", "/citizens", "required", id="no citizens"),
        pytest.param(b'{"citizens": null}', "/citizens", "invalid_type", id="null citizens"),
        pytest.param(b'{"citizens": {}}', "/citizens", "invalid_type", id="citizens in an object"),
        pytest.param(b'{"citizens": [], "source": 1}', "/source", "unknown_field", id="another field"),
        pytest.param(b'{"citizens": [], "a/b~c": 1}', "/a~1b~0c", "unknown_field", id="an escaped pointer"),
        pytest.param(b'{"citizens": [], "\\ud800": 1}', "/\\ud800", "unknown_field", id="half a surrogate pair"),
        pytest.param(b'{"citizens": [], "\\u0000": 1}', "/\\x00", "unknown_field", id="NUL in a key"),
        pytest.param(b'{"citizens": [], "": 1}', "/", "unknown_field", id="an empty key"),
    ],
)
def test_a_body_that_is_no_delivery_is_refused(body: bytes, pointer: str, code: str) -> None:
    assert refused(body) == [(pointer, code)]


def test_ten_thousand_levels_of_nesting_are_refused() -> None:
    body = document(citizen()).replace(b'"relatives": []', b'"relatives": ' + b"[" * 10_000 + b"]" * 10_000)
    assert len(refused(body)) == 1


def test_a_long_key_is_cut_in_its_pointer() -> None:
    body = json.dumps({"citizens": [], "k" * 1_000_000: 1}).encode()
    assert refused(body) == [("/" + "k" * 100 + "…", "unknown_field")]


def test_every_pointer_can_be_sent_in_utf_8() -> None:
    errors = refusal_of(document({"\ud800" * 1000: 1})).errors
    assert [error.pointer.encode().decode() for error in errors] == [error.pointer for error in errors]


def test_the_last_of_repeated_keys_counts() -> None:
    good = document(citizen())
    bad_first = good.replace(b'"apartment": 7', b'"apartment": "x", "apartment": 7')
    bad_last = good.replace(b'"apartment": 7', b'"apartment": 7, "apartment": "x"')
    assert read(bad_first) == read(good)
    assert refused(bad_last) == [("/citizens/0/apartment", "invalid_type")]


def test_the_last_of_repeated_lists_of_citizens_counts() -> None:
    body = b'{"citizens": [1, null], ' + document(citizen())[1:]
    assert read(body) == read(document(citizen()))


def test_more_citizens_than_allowed_are_too_many() -> None:
    assert len(read(document(citizen(1), citizen(2)), max_citizens=2)) == 2
    with pytest.raises(DocumentTooLarge) as refusal:
        read(document(citizen(1), citizen(2)), max_citizens=1)
    assert (refusal.value.citizens, refusal.value.limit) == (2, 1)


def test_too_many_citizens_are_too_many_whatever_they_hold() -> None:
    with pytest.raises(DocumentTooLarge) as refusal:
        read(b'{"citizens": [1, 2, 3]}', max_citizens=2)
    assert (refusal.value.citizens, refusal.value.limit) == (3, 2)


def test_an_id_that_is_wrong_anyway_is_no_duplicate() -> None:
    assert refused(document(citizen(-1), citizen(-1, relatives=[-2, -2]))) == [
        ("/citizens/0/citizen_id", "out_of_range"),
        ("/citizens/1/citizen_id", "out_of_range"),
        ("/citizens/1/relatives/0", "out_of_range"),
        ("/citizens/1/relatives/1", "out_of_range"),
    ]


def test_every_offending_value_is_found_in_one_pass() -> None:
    first = citizen(1, town="-", apartment="1", relatives=[1, 1, "2"], age=7) | {"birth_date": "31.02.1986"}
    body = document(first, 7, without("name") | {"channel": None}, citizen(1, gender="x"))
    assert refused(body) == [
        ("/citizens/0/town", "no_letter_or_digit"),
        ("/citizens/0/apartment", "invalid_type"),
        ("/citizens/0/birth_date", "invalid_date"),
        ("/citizens/0/relatives/1", "duplicate"),
        ("/citizens/0/relatives/2", "invalid_type"),
        ("/citizens/0/age", "unknown_field"),
        ("/citizens/1", "invalid_type"),
        ("/citizens/2/name", "required"),
        ("/citizens/2/channel", "invalid_type"),
        ("/citizens/2/citizen_id", "duplicate"),
        ("/citizens/3/gender", "invalid_choice"),
        ("/citizens/3/citizen_id", "duplicate"),
    ]


@pytest.mark.parametrize(("wrong", "listed", "more"), [(99, 99, 0), (100, 100, 0), (101, 100, 1), (350, 100, 250)])
def test_at_most_100_errors_are_listed_and_the_rest_counted(wrong: int, listed: int, more: int) -> None:
    refusal = refusal_of(document(*(citizen(number, town="") for number in range(wrong))))
    assert [error.pointer for error in refusal.errors] == [f"/citizens/{number}/town" for number in range(listed)]
    assert refusal.more_errors == more


def test_no_error_repeats_a_personal_value() -> None:
    secret = "Sigismund"
    values = {"town": [secret], "street": secret * 99, "name": secret + "\x00", "birth_date": secret, "gender": secret}
    errors = refusal_of(document(citizen(**values, channel=secret + "\ud800"))).errors
    assert len(errors) == 6
    assert [error for error in errors if secret in error.detail] == []


@pytest.mark.parametrize(
    "body",
    [r'{"a":"\x"}', r'{"a":"\u12"}', '"a\nb"', '"abc', "[1 2]", '{"a" 1}', "{1:2}", "[1,]", '{"a":1,}', "1 2", ""],
)
def test_all_of_what_is_wrong_with_json_is_said_in_the_language_of_the_reader(body: str) -> None:
    text = refusal_of(body.encode()).errors[0].text
    assert isinstance(text, Text)
    reason = text.parameters["reason"]
    with marked(), reading("es"):
        assert f"es‹{reason}›" in said(text)


def test_no_malformed_document_is_repeated() -> None:
    assert refusal_of(b'{"citizens": [{"name": "Sigismund" "town"').errors[0].detail == (
        "Not JSON: Expecting ',' delimiter at line 1 column 36."
    )
