"""The spellings of real towns that were written by hand."""

import json
from collections.abc import Callable

import pytest

from analytics.places.index import name_index
from analytics.places.regions import REGION_NAMES, Region, country_of, regions_of, without_kind
from tests.analytics.places.report import UNPLACED, WRONG, Answer, further, spelt
from tests.analytics.places.spellings import spellings


def test_there_are_five_hundred_different_ones() -> None:
    towns = [case.town for case in spellings()]
    assert (len(towns) == len(set(towns)), len(towns) >= 500) == (True, True)


@pytest.mark.parametrize(("answers", "lost_of"), [(spelt, 50), (further, 30)])
def test_few_are_placed_wrongly_or_not_at_all(answers: Callable[[], list[Answer]], lost_of: int) -> None:
    _hold(answers(), lost_of=lost_of)


def _hold(answers: list[Answer], *, lost_of: int) -> None:
    wrong = [answer.town for answer in answers if answer.outcome == WRONG]
    lost = [answer.town for answer in answers if answer.outcome == UNPLACED]
    assert len(wrong) <= len(answers) // 200, wrong
    assert len(lost) <= len(answers) // lost_of, lost


def test_every_region_with_a_name_has_cities() -> None:
    here = {(city.country, city.region) for cities in name_index().own.values() for city in cities}
    named = json.loads(REGION_NAMES.read_text(encoding="utf-8"))
    empty = [(country, code) for country, codes in named.items() for code in codes if (country, code) not in here]
    assert len(empty) <= 0.1 * sum(map(len, named.values())), empty


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Odeska oblast", "Odeska"),
        ("Comunidad de Madrid", "Madrid"),
        ("Edo. Zulia", "Zulia"),
        ("Краснодарский край", "Краснодарский"),
        ("La Libertad", "La Libertad"),
        ("Provincia", "Provincia"),
    ],
)
def test_the_word_for_a_kind_of_region_is_left_out(name: str, bare: str) -> None:
    assert without_kind(name) == bare


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("BC", Region("CA", "02")),
        ("Antioquia", Region("CO", "02")),
        ("Свердловская область", Region("RU", "71")),
        ("TX", Region("US", "TX")),
    ],
)
def test_a_region_is_found_by_its_names_and_code(where: str, expected: Region) -> None:
    assert expected in regions_of(where)


def test_a_code_is_one_only_in_capitals() -> None:
    assert regions_of("bc") == ()


@pytest.mark.parametrize(("where", "code"), [("EE.UU.", "US"), ("R.D.", "DO"), ("the Netherlands", "NL"), ("DC", None)])
def test_a_country_is_found_by_its_names(where: str, code: str | None) -> None:
    country = country_of(where)
    assert (country.country if country else None) == code
