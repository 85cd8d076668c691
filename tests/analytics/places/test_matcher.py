"""Which city a name means: cases by hand, and what holds for every name."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.places.airport_cities import AirportCities, AirportCity
from analytics.places.cities import City, city_by_id
from analytics.places.index import name_index
from analytics.places.matcher import Match, Matcher
from analytics.places.similar import similar_names
from imports.demo.towns import airports

ROMA = AirportCity("Roma", "AU", -26.5, 148.8, "Australia/Brisbane")
LA_PAZ = AirportCity("La Paz / El Alto", "BO", -16.51, -68.19, "America/La_Paz")
SANTA_CRUZ = AirportCity("Santa Cruz", "BO", -17.64, -63.13, "America/La_Paz")
SILAO = AirportCity("Silao", "MX", 20.99, -101.48, "America/Mexico_City")
NEWARK = AirportCity("Milford", "US", 40.6, -74.4, "America/New_York")
SMALL = AirportCity("Smallville", "US", 40.0, -100.0, "America/Chicago")
TWINS = [AirportCity("Twin", "US", 40.0, -100.0, ""), AirportCity("Twin", "CA", 50.0, -100.0, "")]
CITIES = [ROMA, LA_PAZ, SANTA_CRUZ, SILAO, NEWARK, SMALL, *TWINS]


def match(town: str, cities: list[AirportCity] = CITIES) -> Match | None:
    """With these airports."""
    return Matcher(name_index(), AirportCities(cities)).match(town)


def told(town: str) -> tuple[str, str, str] | None:
    """How it was found, and where."""
    found = match(town)
    return (found.found.value, found.place.name, found.place.country) if found else None


@pytest.mark.parametrize(
    ("town", "expected"),
    [
        # The larger of two own names; of two other names too.
        ("Valencia", ("name", "Valencia", "VE")),
        ("Córdoba", ("name", "Córdoba", "AR")),
        ("東京", ("alternate_name", "Tokyo", "JP")),
        ("Киев", ("alternate_name", "Kyiv", "UA")),
        ("القاهرة", ("alternate_name", "Cairo", "EG")),
        # An own name before another's other name, unless that one is very much larger or in general use.
        ("Valence", ("name", "Valence", "FR")),
        ("Petropolis", ("name", "Petrópolis", "BR")),
        ("Alzira", ("name", "Alzira", "ES")),
        ("Puno", ("name", "Puno", "PE")),
        ("Roma", ("alternate_name", "Rome", "IT")),
        ("Odessa", ("alternate_name", "Odesa", "UA")),
        # Accents count where they are written.
        ("San José", ("name", "San José", "CR")),
        ("San Jose", ("name", "San Jose", "US")),
        ("San Sebastián", ("name", "Donostia / San Sebastián", "ES")),
        # Codes are no names, nor are transliterations that nobody writes.
        ("LON", None),
        ("MOW", None),
        ("mskw", None),
        ("unknown", None),
        # Countries and states, in several languages.
        ("Valencia, Spain", ("name", "Valencia", "ES")),
        ("Valencia (España)", ("name", "Valencia", "ES")),
        ("san jose, cr", ("name", "San José", "CR")),
        ("Москва, Россия", ("alternate_name", "Moscow", "RU")),
        ("Paris, TX", ("name", "Paris", "US")),
        ("Albany, Georgia", ("name", "Albany", "US")),
        ("Springfield, Illinois, USA", ("name", "Springfield", "US")),
        ("Springfield, Nowhere, USA", None),
        ("Carrizal (ES)", ("name", "Carrizal", "ES")),
        ("Paris, Spain", None),
        ("Paris, Nowhere", None),
        ("Bennekom (The Netherlands)", ("name", "Bennekom", "NL")),
        ("Alacant / Alicante", ("alternate_name", "Alicante", "ES")),
        ("Madrid / Paris", None),
        # Other letters, and the word for a city.
        ("г. Москва", ("spelling", "Moscow", "RU")),
        ("City of London", ("spelling", "London", "GB")),
        # Airports name cities too.
        ("La Paz / El Alto", ("airport_city", "La Paz", "BO")),
        ("Santa Cruz", ("airport_city", "Santa Cruz de la Sierra", "BO")),
        ("Silao", ("airport_city", "Silao de la Victoria", "MX")),
        ("Milford", ("name", "Milford", "US")),
        ("Smallville", ("airport_city", "Smallville", "US")),
        ("Smallville, USA", ("airport_city", "Smallville", "US")),
        ("Smallville, Spain", None),
        ("Twin", None),
        ("Twin, Canada", ("airport_city", "Twin", "CA")),
        ("", None),
        ("😀" * 256, None),
        ("," * 256, None),
        ("/" * 256, None),
        ("(((" * 80, None),
    ],
)
def test_a_name_means(town: str, expected: tuple[str, str, str] | None) -> None:
    assert told(town) == expected


def test_the_other_cities_of_the_name_are_told() -> None:
    found = match("Valencia")
    assert found is not None
    assert [city.country for city in found.others][:2] == ["ES", "US"]


def test_what_is_known_by_airports_does_not_depend_on_their_order() -> None:
    towns = ["Santa Cruz", "La Paz", "San Jose", "Smallville", "Twin", "Roma", "Santiago", "Valencia"]
    world = (AirportCity(a["city"], a["country"], a["lat"], a["lon"], a["tz"]) for a in airports().values())
    cities = [*CITIES, *world]
    found = [match(town, cities) for town in towns]
    random.Random(1).shuffle(cities)
    assert [match(town, cities) for town in towns] == found


NAMES = st.sampled_from(["Valencia", "San José", "san jose", "Santa Cruz", "Odessa", "Twin", "Smallville, US", "Київ"])


@settings(deadline=None)
@given(st.lists(NAMES | st.text(max_size=30), max_size=8), st.randoms(use_true_random=False))
def test_the_answer_for_a_town_depends_on_nothing_but_its_name(towns: list[str], dice: random.Random) -> None:
    matcher = Matcher(name_index(), AirportCities(CITIES))
    found = {town: matcher.match(town) for town in towns}
    dice.shuffle(towns)
    assert {town: matcher.match(town) for town in towns} == found


@pytest.mark.parametrize(
    ("misspelt", "expected"),
    [("Varsobia", "Warsaw"), ("Barcelna", "Barcelona"), ("Мосвка", "Moscow"), ("Zaragoxa, Spain", "Zaragoza"),
     ("Paris, Nowhere", "Paris"), ("Kharkiw", "Kharkiv")],
)  # fmt: skip
def test_what_is_misspelt_is_suggested_first(misspelt: str, expected: str) -> None:
    suggestions = similar_names().suggest(misspelt, limit=5)
    assert (suggestions[0].city.name, match(misspelt)) == (expected, None)
    assert [one.similarity for one in suggestions] == sorted((one.similarity for one in suggestions), reverse=True)


@pytest.mark.parametrize("town", ["", "😀" * 256, "a" * 256, "," * 256])
def test_nothing_is_suggested_for_what_is_like_nothing(town: str) -> None:
    assert similar_names().suggest(town, limit=5) == []


@pytest.mark.parametrize(
    ("geoname_id", "name"), [(703448, "Kyiv"), (3038832, "Vila"), (0, None), (-1, None), (10**30, None), (70344, None)]
)
def test_a_place_is_found_by_its_id_also_one_with_few_inhabitants(geoname_id: int, name: str | None) -> None:
    city: City | None = city_by_id(geoname_id)
    assert (city.name if city else None) == name
