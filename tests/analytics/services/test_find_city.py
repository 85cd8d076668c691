"""The city that a person names in a form."""

import pytest

from analytics.services.placing.find_city import find_city
from config.common.problems import InvalidInput


@pytest.mark.parametrize(
    ("text", "geoname_id"),
    [
        ("Kyiv, UA", 703448),
        (" kyiv , ukraine", 703448),
        ("València, España", 2509954),
        ("San Sebastián (Spain)", 3110044),
        ("Springfield, Illinois", 4250542),
        ("703448", 703448),
        ("3038832", 3038832),
        ("Soldeu, Andorra", 3038999),
    ],
)
def test_a_city_is_found(text: str, geoname_id: int) -> None:
    assert find_city(text).geoname_id == geoname_id


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("Kyiv", "Write the city and its country"),
        ("Kyiv, Nowhere", "Write the city and its country"),
        ("Kyiv, Spain", "GeoNames knows no city"),
        ("1", "GeoNames knows no city"),
        ("9" * 300, "Write the city and its country"),
        ("😀, ES", "GeoNames knows no city"),
        ("", "Write the city and its country"),
        (
            "Springfield, US",
            "There are 8 of this name. Write the GeoNames id of one: 4409896 (170,188 inhabitants, MO)",
        ),
    ],
)
def test_what_is_no_city_or_several_is_refused_with_a_pointer(text: str, detail: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find_city(text)
    assert refusal.value.detail.startswith(detail)
    assert [error.pointer for error in refusal.value.errors] == ["/city"]
