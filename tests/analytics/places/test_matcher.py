"""Which city a name means: cases by hand, and what holds for every name."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.places.airport_cities import AirportCities, AirportCity
from analytics.places.candidates import NO_EVIDENCE, Evidence
from analytics.places.cities import City, city_by_id
from analytics.places.index import name_index
from analytics.places.matcher import Matcher
from analytics.places.matches import Match
from analytics.places.similar import similar_names
from imports.demo.towns import airports

ROMA = AirportCity("Roma", "AU", -26.5, 148.8, "Australia/Brisbane")
LA_PAZ = AirportCity("La Paz / El Alto", "BO", -16.51, -68.19, "America/La_Paz")
SANTA_CRUZ = AirportCity("Santa Cruz", "BO", -17.64, -63.13, "America/La_Paz")
SILAO = AirportCity("Silao", "MX", 20.99, -101.48, "America/Mexico_City")
NEWARK = AirportCity("Milford", "US", 40.6, -74.4, "America/New_York")
SMALL = AirportCity("Smallville", "US", 40.0, -100.0, "America/Chicago", "XSM")
AIRFIELD = AirportCity("Hamletville", "US", 41.0, -101.0, "America/Chicago")
BESIDE = AirportCity("Vinnitsa", "UA", 49.24, 28.61, "Europe/Kyiv", "XVI")
TWINS = [AirportCity("Twin", "US", 40.0, -100.0, ""), AirportCity("Twin", "CA", 50.0, -100.0, "")]
BORYSPIL = AirportCity("Kyiv", "UA", 50.34, 30.89, "Europe/Kyiv", "XSB")
EZEIZA = AirportCity("Ezeiza", "AR", -34.82, -58.54, "America/Argentina/Buenos_Aires", "XSC")
GUAYANA = AirportCity("Puerto Ordaz-Ciudad Guayana", "VE", 8.29, -62.76, "America/Caracas")
CITIES = [ROMA, LA_PAZ, SANTA_CRUZ, SILAO, NEWARK, SMALL, AIRFIELD, BESIDE, *TWINS, BORYSPIL, EZEIZA, GUAYANA]


def match(town: str, cities: list[AirportCity] = CITIES, context: Evidence = NO_EVIDENCE) -> Match | None:
    """With these airports."""
    return Matcher(name_index(), AirportCities(cities)).match(town, context=context)


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
        ("València", ("name", "Valencia", "ES")),
        ("Shanghái", ("name", "Shanghai", "CN")),
        # Codes in capitals, an airport's before others; a country's is none, nor is what only a program writes.
        ("LON", ("alternate_name", "London", "GB")),
        ("XSB", ("alternate_name", "Kyiv", "UA")),
        ("XSC", ("alternate_name", "Buenos Aires", "AR")),
        ("xsb", None),
        ("NYC", ("alternate_name", "New York City", "US")),
        ("C.A.B.A.", ("alternate_name", "Buenos Aires", "AR")),
        ("СПб", ("alternate_name", "Saint Petersburg", "RU")),
        ("UFA", ("name", "Ufa", "RU")),
        ("mskw", None),
        # Another name: in many languages, at the end of the own one, the region's too, or nobody's elsewhere.
        ("Calcutta", ("alternate_name", "Kolkata", "IN")),
        ("Lemberg", ("alternate_name", "Lviv", "UA")),
        ("Petersburg", ("alternate_name", "Saint Petersburg", "RU")),
        ("Gerona", ("alternate_name", "Girona", "ES")),
        ("León", ("alternate_name", "León de los Aldama", "MX")),
        ("Fez", ("alternate_name", "Fes", "MA")),
        ("Victoria", ("name", "Victoria", "CA")),
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
        # Other marks, or none; the country first.
        ("Caracas; Venezuela", ("name", "Caracas", "VE")),
        ("Caracas / Venezuela", ("name", "Caracas", "VE")),
        ("bogotá - colombia", ("name", "Bogotá", "CO")),
        ("Quito-Ecuador", ("name", "Quito", "EC")),
        ("Lima Peru", ("name", "Lima", "PE")),
        ("Santiago República Dominicana", ("alternate_name", "Santiago de los Caballeros", "DO")),
        ("Peru, Lima", ("name", "Lima", "PE")),
        ("Colombia - Cali", ("name", "Cali", "CO")),
        ("Mexico City", ("name", "Mexico City", "MX")),
        ("Miami FL", ("name", "Miami", "US")),
        ("miami fl", ("name", "Miami", "US")),
        # Regions, with the word for their kind or without, by code, and as the name of their city.
        ("Bello, Antioquia", ("name", "Bello", "CO")),
        ("Victoria, BC", ("name", "Victoria", "CA")),
        ("London, Ontario", ("name", "London", "CA")),
        ("Gujrat, Punjab", ("name", "Gujrat", "PK")),
        ("Maracaibo Edo. Zulia", ("name", "Maracaibo", "VE")),
        ("Сочи, Краснодарский край", ("alternate_name", "Sochi", "RU")),
        ("Odesa oblast", ("name", "Odesa", "UA")),
        ("Херсонська область", ("name", "Kherson", "UA")),
        ("Provincia de Buenos Aires", None),
        ("Getafe, Madrid", ("name", "Getafe", "ES")),
        ("Getafe, Paris", None),
        ("Bogotá, D.C.", ("name", "Bogotá", "CO")),
        # Smaller places only where their country is told.
        ("Zuheros", None),
        ("Zuheros, Spain", ("name", "Zuheros", "ES")),
        # As it sounds, or with one letter wrong, where one large city is meant and no other place.
        ("Marraquech", ("spelling", "Marrakesh", "MA")),
        ("Uxda", ("spelling", "Oujda", "MA")),
        ("Kiyv", ("spelling", "Kyiv", "UA")),
        ("Barcelna", ("spelling", "Barcelona", "ES")),
        ("Мосвка", ("spelling", "Moscow", "RU")),
        ("Zaragoxa, Spain", ("spelling", "Zaragoza", "ES")),
        ("Zaragoxa, France", None),
        ("Lmia", ("spelling", "Lima", "PE")),
        ("Limx", None),
        ("Zuherox", None),
        ("Puerto Ordaz", ("airport_city", "Ciudad Guayana", "VE")),
        ("Lviv (Lvov)", ("alternate_name", "Lviv", "UA")),
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
        # An airfield without a code where its country is told; one beside a city of note may be named after it.
        ("Hamletville", None),
        ("Hamletville, USA", ("airport_city", "Hamletville", "US")),
        ("Vinnitsa", ("airport_city", "Vinnytsya", "UA")),
        # What is a region elsewhere is not a smaller city, nor what may be anywhere.
        ("Zulia", None),
        ("Andalucía", None),
        ("Marruecos", None),
        ("Santander", ("name", "Santander", "ES")),
        ("Centro", None),
        # Districts, postcodes, and articles behind.
        ("Lyon 3e", ("name", "Lyon", "FR")),
        ("28001 Madrid", ("name", "Madrid", "ES")),
        ("Bogotá, Kennedy", ("name", "Bogotá", "CO")),
        ("Marseille 05", ("name", "Marseille 05", "FR")),
        ("Bogotá, Distrito Capital", ("name", "Bogotá", "CO")),
        ("Coruña, A", ("name", "A Coruña", "ES")),
        # Abbreviations of regions and countries, and of a city's words.
        ("Monterrey, N.L.", ("name", "Monterrey", "MX")),
        ("Valencia Vzla.", ("name", "Valencia", "VE")),
        ("Jerez de la Fra.", ("spelling", "Jerez de la Frontera", "ES")),
        ("B/quilla", ("spelling", "Barranquilla", "CO")),
        ("LA, California", ("spelling", "Los Angeles", "US")),
        ("Hong Kong, China", ("name", "Hong Kong", "HK")),
        # What is behind is known to nobody.
        ("Novosibirsk, Nowhere", ("name", "Novosibirsk", "RU")),
        ("Toledo, Nowhere", None),
        # Known in many languages, though small.
        ("Venise", ("alternate_name", "Venice", "IT")),
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


@pytest.mark.parametrize(
    ("town", "country", "share", "expected"),
    [
        ("Valencia", "ES", 0.5, "ES"),
        ("Valencia", "ES", 0.01, "VE"),
        ("León", "ES", 0.9, "ES"),
        ("León", "NI", 0.9, "NI"),
        ("Córdoba", "ES", 0.6, "ES"),
        ("Santiago", "DO", 0.8, "DO"),
        ("London", "CA", 0.9, "GB"),
        ("Madrid", "CO", 1.0, "ES"),
        ("Paris", "US", 1.0, "FR"),
        ("Valencia, Spain", "VE", 1.0, "ES"),
        ("Zuheros", "ES", 0.8, "ES"),
    ],
)
def test_where_the_other_towns_are_is_evidence(town: str, country: str, share: float, expected: str) -> None:
    found = match(town, context={country: share})
    assert found is not None
    assert found.place.country == expected


AMBIGUOUS = ["Valencia", "León", "Victoria", "Petersburg", "Santiago", "Mérida", "San José", "Guadalajara"]


@settings(deadline=None)
@given(st.sampled_from(AMBIGUOUS), st.sampled_from(["ES", "VE", "NI", "MX", "US", "CA"]), st.floats(0, 1))
def test_evidence_chooses_among_the_same_cities(town: str, country: str, share: float) -> None:
    def cities(found: Match | None) -> set[object]:
        assert found is not None
        return {found.place, *found.others}

    with_it, without = match(town, context={country: share}), match(town)
    assert cities(with_it) == cities(without)
    assert with_it is not None
    assert without is not None
    assert {without.place} <= {with_it.place, *with_it.alternatives}


@pytest.mark.parametrize(
    ("town", "countries"), [("Valencia", ["ES", "US"]), ("Petersburg", ["US"]), ("Paris", []), ("Kyiv", [])]
)
def test_cities_of_note_with_the_name_are_alternatives(town: str, countries: list[str]) -> None:
    found = match(town)
    assert found is not None
    assert [city.country for city in found.alternatives] == countries


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
    [("Varshobias", "Warsaw"), ("Sarragoxxa, Spain", "Zaragoza"), ("Мосвкаа", "Moscow"), ("Paris, Nowhere", "Paris")],
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
