"""Countries and their codes."""

import airportsdata

from airports.countries import country_name, names_of


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
