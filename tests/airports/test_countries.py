"""Countries and their codes."""

import airportsdata

from airports.countries import all_countries, country_name, names_of


def test_every_country_of_the_package_has_an_english_name() -> None:
    codes = {airport["country"] for airport in airportsdata.load("ICAO").values()}
    assert {code for code in codes if not country_name(code)} == set()
    assert [country_name(code) for code in ("ES", "us", "GB", "KR", "XK", "ZZ")] == [
        "Spain",
        "United States",
        "United Kingdom",
        "South Korea",
        "Kosovo",
        None,
    ]


def test_a_country_has_the_same_names_by_each_of_them() -> None:
    names = ["myanmar", "republic of myanmar", "myanmar (burma)", "burma"]
    assert [names_of(country) for country in ("MM", "mmr", "Burma", "MYANMAR")] == [names] * 4
    assert names_of("Atlantis") == ["atlantis"]


def test_every_country_is_called_something_in_the_languages_of_the_pages_and_lists_are_by_these_names() -> None:
    assert [country_name("UA", language) for language in ("en", "es", "ru", "de")] == [
        "Ukraine", "Ucrania", "Украина", "Ukraine",
    ]  # fmt: skip
    english, spanish, russian = (dict(all_countries(language)) for language in ("en", "es", "ru"))
    assert english.keys() == spanish.keys() == russian.keys()
    assert [code for code, name in russian.items() if name == english[code]] == []
    ordered = [*spanish.values()]
    assert ordered.index("Irlanda") < ordered.index("Islas Aland") < ordered.index("Italia") < ordered.index("Zambia")
