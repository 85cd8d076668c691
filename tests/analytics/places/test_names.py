"""What makes two spellings one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.places.names import key_of, normalise, other_spellings, own_names

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("StTeéÉ.-' ßİıñйЙーがا", max_size=20)


@given(WORDS)
def test_what_is_normalised_stays_as_it_is(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)


@given(WORDS)
def test_capitals_and_outer_spaces_make_no_difference(name: str) -> None:
    assert normalise(f"  {name.casefold()}\t") == normalise(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Étienne", "ST. ETIENNE"),
        ("St Louis", "saint  louis"),
        ("L'Aquila", "L’Aquila"),
        ("L'Aquila", "l aquila"),
        ("Łódź", "lodz"),
        ("Ålesund", "alesund"),
        ("İzmir", "izmir"),
        ("Gießen", "GIESSEN"),
        ("Нижний Новгород", "нижний-новгород"),
        ("Sta. Rosa", "Santa Rosa"),
        ("\u0041\u030alborg", "Ålborg"),  # the accent as a letter of its own
        ("Ｔｏｋｙｏ", "Tokyo"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kiev", "Kyiv"), ("San Jose", "Saint Jose"), ("がま", "かま"), ("नागपुर", "नागपर"), ("", "a")],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize("name", ["", " ", "😀" * 256, "-", "'", ".,;"])
def test_a_name_without_letters_has_no_key(name: str) -> None:
    assert (key_of(name), other_spellings(name)) == ("", [])


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Джохар", "dzhokhar"),
        ("Київ", "kyiv"),
        ("Харків", "kharkiv"),
        ("Пловдив", "plovdiv"),
        ("г. Москва", "moskva"),
        ("City of London", "london"),
        ("San Petersburg", "saintpetersburg"),
    ],
)
def test_a_name_has_other_spellings_in_latin_letters(name: str, latin: str) -> None:
    assert latin in other_spellings(name)


def test_a_city_with_two_languages_has_three_own_names() -> None:
    assert own_names("Donostia / San Sebastián") == ["Donostia / San Sebastián", "Donostia", "San Sebastián"]
    assert own_names("Zürich (Kreis 11) / Seebach") == ["Zürich (Kreis 11) / Seebach"]
