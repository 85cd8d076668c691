"""Two rows for one airport: the later is rejected."""

from typing import Any

import pytest

from airports.models import Airport
from airports.services.flag_airport import flag_airport
from tests.airports.builders import make_airport
from tests.airports.upload.builders import counts, upload

pytestmark = pytest.mark.django_db

FAR = {"name": "Far", "latitude": "9", "longitude": "9"}


def rejected(*rows: dict[str, Any]) -> list[tuple[int, str | None, str, str]]:
    """What an upload that skips rejects; the same file again rejects the same and changes nothing."""
    first = upload(*rows, on_error="skip")
    again = upload(*rows, on_error="skip")
    assert counts(again) == {
        "rows": len(rows),
        "unchanged": len(rows) - len(first.rejected),
        "rejected": len(first.rejected),
    }
    assert again.rejected == first.rejected
    return [(r.line, r.column, r.code, r.detail) for r in first.rejected]


@pytest.mark.parametrize("column", ["icao", "iata"])
def test_a_code_stands_once_in_a_file(column: str) -> None:
    rows = ({column: "AAA"}, {**FAR, column: "AAA"})
    assert rejected(*rows) == [(3, column, "duplicate_in_file", "Line 2 has this code already.")]


def test_two_airports_with_icao_codes_do_not_share_an_iata_code() -> None:
    rows = ({"icao": "AAAA", "iata": "QQQ"}, {**FAR, "icao": "BBBB", "iata": "QQQ"})
    assert rejected(*rows) == [(3, "iata", "duplicate_in_file", "Line 2 has this code already.")]


def test_places_are_compared_across_the_border_of_a_cell() -> None:
    place = {"name": "Somewhere", "city": "Town"}
    below, above = {**place, "latitude": "1.4999998"}, {**place, "latitude": "1.5000003"}
    for rows in ((below, above), (above, below)):
        assert [r.line for r in upload(*rows, on_error="skip", dry_run=True).rejected] == [3]
        turned = [{**row, "latitude": "1", "longitude": row["latitude"]} for row in rows]
        assert [r.line for r in upload(*turned, on_error="skip", dry_run=True).rejected] == [3]


@pytest.mark.parametrize(("first", "second"), [({}, {}), ({"icao": "AAAA"}, {}), ({}, {"icao": "AAAA"})])
def test_a_place_stands_once_in_a_file(first: dict[str, Any], second: dict[str, Any]) -> None:
    second = {**second, "latitude": "1.5000005"}
    assert rejected(first, second)[0] == (3, None, "duplicate_in_file", "Line 2 has this airport already.")


def test_two_rows_that_find_one_airport_in_two_ways_are_one_too_many() -> None:
    make_airport("Somewhere", 1.5, 2.5, icao="AAAA", iata="QQQ")
    rows: tuple[dict[str, Any], ...] = ({**FAR, "icao": "AAAA"}, {})
    assert upload(*rows, on_error="skip").rejected[0].detail == "Line 2 has this airport already."
    make_airport("There", 3, 3, icao="CCCC", iata="CCC")
    rows = ({"name": "There", "latitude": 3, "longitude": 3}, {**FAR, "latitude": 8, "iata": "CCC"})
    assert upload(*rows, on_error="skip").rejected[0].line == 3


def test_a_row_that_is_rejected_rejects_no_other() -> None:
    rows = ({"icao": "AAAA"}, {**FAR, "icao": "AAAA", "iata": "QQQ"}, {"name": "Third", "iata": "QQQ"})
    assert [line for line, *_ in rejected(*rows)] == [3]
    assert sorted(Airport.objects.values_list("name", flat=True)) == ["Somewhere", "Third"]


def test_a_row_with_a_bad_value_rejects_no_other() -> None:
    rows = ({"icao": "AAAA", "dst": "?"}, {**FAR, "icao": "AAAA"})
    assert [(line, column) for line, column, *_ in rejected(*rows)] == [(2, "dst")]


def test_a_row_at_the_place_to_which_another_moves_its_airport_is_the_same_airport() -> None:
    make_airport("Old", 9, 9, icao="AAAA")
    assert [line for line, *_ in rejected({"icao": "AAAA"}, {})] == [3]


def test_airports_at_one_place_that_their_codes_tell_apart_are_not_one() -> None:
    make_airport("One", 8, 8, icao="AAAA")
    make_airport("Two", 9, 9, iata="QQQ")
    assert counts(upload({"icao": "AAAA"}, {"iata": "QQQ"})) == {"rows": 2, "updated": 2}


def test_two_rows_of_one_flagged_airport_are_one_too_many() -> None:
    flagged = make_airport("Somewhere", 1.5, 2.5, icao="AAAA", iata="QQQ")
    flag_airport(airport_id=flagged.pk, actor=None)
    result = upload({"icao": "AAAA"}, {}, {**FAR, "icao": "BBBB", "iata": "QQQ"}, on_error="skip")
    assert counts(result) == {"rows": 3, "created": 1, "skipped_deleted": 1, "rejected": 1}


def test_the_row_of_a_flagged_airport_takes_no_place() -> None:
    flagged = make_airport("Elsewhere", 9, 9, icao="AAAA")
    flag_airport(airport_id=flagged.pk, actor=None)
    assert counts(upload({"icao": "AAAA"}, {})) == {"rows": 2, "created": 1, "skipped_deleted": 1}


def test_many_copies_of_a_row_are_listed_to_a_hundred() -> None:
    result = upload(*[{}] * 11_000, on_error="skip")
    assert (result.rows, result.created, len(result.rejected), result.more_rejected) == (11_000, 1, 100, 10_899)
    assert [r.line for r in result.rejected] == list(range(3, 103))
