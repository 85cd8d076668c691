"""Which airport a row is, and what happens to its codes."""

from typing import Any

import pytest

from airports.models import Airport
from airports.services.flag_airport import flag_airport
from tests.airports.builders import make_airport
from tests.airports.upload.builders import counts, upload

pytestmark = pytest.mark.django_db


def codes() -> dict[str, tuple[str | None, str | None]]:
    """Each live airport's name with its IATA and ICAO codes."""
    return {airport.name: (airport.iata, airport.icao) for airport in Airport.objects.live()}


def test_a_row_is_the_airport_with_its_icao_code() -> None:
    stored = make_airport("Old", 9, 9, icao="AAAA", iata="OLD")
    assert counts(upload({"name": "New", "icao": "aaaa", "iata": "NEW"})) == {"rows": 1, "updated": 1}
    stored.refresh_from_db()
    assert (stored.name, stored.latitude, stored.iata, stored.version) == ("New", 1.5, "NEW", 2)


def test_the_icao_code_comes_before_the_iata_code() -> None:
    make_airport("By ICAO", 9, 9, icao="AAAA")
    make_airport("By IATA", 8, 8, iata="QQQ")
    assert counts(upload({"name": "Row", "icao": "AAAA", "iata": "QQQ"})) == {"rows": 1, "updated": 1, "displaced": 1}
    assert codes() == {"Row": ("QQQ", "AAAA"), "By IATA": (None, None)}


@pytest.mark.parametrize(
    ("stored", "row", "after"),
    [
        ({"iata": "QQQ"}, {"iata": "QQQ", "icao": "AAAA"}, ("QQQ", "AAAA")),
        ({"iata": "QQQ", "icao": "AAAA"}, {"iata": "qqq"}, ("QQQ", "AAAA")),
        ({"iata": "QQQ"}, {"iata": "QQQ"}, ("QQQ", None)),
    ],
)
def test_a_row_is_the_airport_with_its_iata_code_where_one_has_no_icao_code(
    stored: dict[str, Any], row: dict[str, Any], after: tuple[str, str]
) -> None:
    make_airport("Old", 9, 9, **stored)
    assert counts(upload({"name": "New", **row})) == {"rows": 1, "updated": 1}
    assert codes() == {"New": after}


def test_an_iata_code_goes_to_the_row_where_both_have_icao_codes() -> None:
    loser = make_airport("Loser", 9, 9, iata="QQQ", icao="BBBB")
    assert counts(upload({"name": "Taker", "iata": "QQQ", "icao": "AAAA"})) == {
        "rows": 1,
        "created": 1,
        "displaced": 1,
    }
    assert codes() == {"Loser": (None, "BBBB"), "Taker": ("QQQ", "AAAA")}
    loser.refresh_from_db()
    assert loser.version == 2
    entry = Airport.history.filter(id=loser.pk).latest("history_id")
    assert (entry.iata, entry.history_change_reason) == (None, "upload: the IATA code went to another airport")


@pytest.mark.parametrize(("latitude", "longitude"), [("1.5", "2.5"), ("1.500001", "2.499999"), ("1.4999995", "2.5")])
def test_without_codes_a_row_is_the_airport_of_that_name_at_that_place(latitude: str, longitude: str) -> None:
    stored = make_airport("Somewhere", 1.5, 2.5, city="Town", country="Spain", iata="QQQ")
    result = upload({"city": "Town", "country": "Spain", "latitude": latitude, "longitude": longitude, "dst": "E"})
    assert counts(result) == {"rows": 1, "updated": 1}
    stored.refresh_from_db()
    assert (stored.dst, stored.iata) == ("E", "QQQ")


@pytest.mark.parametrize(
    "other",
    [{"name": "Somewhere else"}, {"city": "Town"}, {"country": "Spain"}, {"latitude": 1.500002}, {"longitude": 2.5001}],
)
def test_another_name_city_country_or_place_is_another_airport(other: dict[str, Any]) -> None:
    make_airport("Somewhere", 1.5, 2.5)
    assert counts(upload(other)) == {"rows": 1, "created": 1}


@pytest.mark.parametrize("border", [0.0, 0.001, -0.001, 45.123])
@pytest.mark.parametrize("step", [-0.0000004, 0.0, 0.0000004])
def test_a_place_is_found_across_the_border_of_a_band(border: float, step: float) -> None:
    make_airport("Somewhere", border + step, border + step)
    done = "updated" if step else "unchanged"
    assert counts(upload({"latitude": border - step, "longitude": border - step})) == {"rows": 1, done: 1}


def test_a_new_icao_code_at_the_same_place_is_the_airport_with_its_code_corrected() -> None:
    make_airport("Somewhere", 1.5, 2.5, icao="AAAA")
    assert counts(upload({"icao": "BBBB"})) == {"rows": 1, "updated": 1}
    assert codes() == {"Somewhere": (None, "BBBB")}


def test_two_icao_codes_at_one_place_are_two_airports() -> None:
    rows = ({"icao": "AAAA"}, {"icao": "BBBB"})
    assert counts(upload(*rows)) == {"rows": 2, "created": 2}
    assert counts(upload(*rows)) == {"rows": 2, "unchanged": 2}


def test_an_airport_is_not_taken_from_the_row_with_its_icao_code() -> None:
    make_airport("Somewhere", 1.5, 2.5, icao="AAAA")
    assert counts(upload({"icao": "BBBB"}, {"icao": "AAAA"})) == {"rows": 2, "created": 1, "unchanged": 1}


def test_of_airports_at_one_place_a_row_is_the_one_with_its_codes() -> None:
    make_airport("Somewhere", 1.5, 2.5, icao="AAAA")
    make_airport("Somewhere", 1.5, 2.5)
    assert counts(upload({"icao": "AAAA"}, {})) == {"rows": 2, "unchanged": 2}


def test_a_null_leaves_the_stored_value() -> None:
    stored = make_airport("Somewhere", 1.5, 2.5, iata="QQQ", icao="AAAA", altitude=7.0, dst="E", tz="Europe/Madrid")
    assert counts(upload({"icao": "AAAA"})) == {"rows": 1, "unchanged": 1}
    stored.refresh_from_db()
    assert (stored.iata, stored.altitude, stored.dst, stored.tz, stored.version) == ("QQQ", 7, "E", "Europe/Madrid", 1)


@pytest.mark.parametrize("codes_of_rows", [("BBB", "AAA"), ("BBB", "CCC"), ("CCC", "AAA")])
def test_airports_exchange_their_iata_codes(codes_of_rows: tuple[str, str]) -> None:
    make_airport("One", 1, 1, icao="AAAA", iata="AAA")
    make_airport("Two", 2, 2, icao="BBBB", iata="BBB")
    one, two = codes_of_rows
    rows = (
        {"name": "One", "latitude": 1, "longitude": 1, "icao": "AAAA", "iata": one},
        {"name": "Two", "latitude": 2, "longitude": 2, "icao": "BBBB", "iata": two},
    )
    assert counts(upload(*rows)) == {"rows": 2, "updated": 2}
    assert codes() == {"One": (one, "AAAA"), "Two": (two, "BBBB")}
    assert set(Airport.objects.values_list("version", flat=True)) == {2}
    assert counts(upload(*rows)) == {"rows": 2, "unchanged": 2}


def test_codes_go_round_in_a_ring() -> None:
    rows = [
        {"name": f"A{i}", "latitude": i, "longitude": i, "icao": f"AAA{i}", "iata": f"AA{(i + 1) % 4}"}
        for i in range(4)
    ]
    for i in range(4):
        make_airport(f"A{i}", i, i, icao=f"AAA{i}", iata=f"AA{i}")
    assert counts(upload(*rows)) == {"rows": 4, "updated": 4}
    assert codes() == {f"A{i}": (f"AA{(i + 1) % 4}", f"AAA{i}") for i in range(4)}


def test_a_code_is_taken_from_an_airport_whose_own_row_has_none() -> None:
    make_airport("One", 1, 1, icao="AAAA", iata="QQQ")
    make_airport("Two", 2, 2, icao="BBBB")
    rows = (
        {"name": "One", "latitude": 1, "longitude": 1, "icao": "AAAA"},
        {"name": "Two", "latitude": 2, "longitude": 2, "icao": "BBBB", "iata": "QQQ"},
    )
    assert counts(upload(*rows)) == {"rows": 2, "updated": 2, "displaced": 1}
    assert codes() == {"One": (None, "AAAA"), "Two": ("QQQ", "BBBB")}
    assert counts(upload(*rows)) == {"rows": 2, "unchanged": 2}


def test_a_flagged_airport_is_not_brought_back() -> None:
    flagged = make_airport("Somewhere", 1.5, 2.5, icao="AAAA", iata="QQQ")
    flag_airport(airport_id=flagged.pk, actor=None)
    make_airport("Holder", 9, 9, icao="HHHH", iata="YYY")
    for row in ({"icao": "AAAA", "iata": "YYY"}, {"name": "Other", "iata": "QQQ"}, {}):
        assert counts(upload(row)) == {"rows": 1, "skipped_deleted": 1}
    assert codes() == {"Holder": ("YYY", "HHHH")}


def test_a_live_airport_comes_before_a_flagged_one() -> None:
    flagged = make_airport("Flagged", 9, 9, icao="AAAA")
    flag_airport(airport_id=flagged.pk, actor=None)
    make_airport("Somewhere", 1.5, 2.5)
    assert counts(upload({"icao": "AAAA"})) == {"rows": 1, "updated": 1}
    assert codes() == {"Somewhere": (None, "AAAA")}
