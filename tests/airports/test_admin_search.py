"""Searching in the admin as people type: airports, those deleted for good, and the palette."""

import pytest
from django.test import Client

from airports.services.delete_airport import delete_airport
from tests.airports.builders import make_airport

pytestmark = pytest.mark.django_db
LISTS = ("/admin/airports/airport/", "/admin/airports/historicalairport/")
TYPED = ("Málaga", "MALAGA", "málaga côte-d’azur", "mala\u200bga")


def rows(client: Client, page: str, **query: str) -> list[str]:
    """The names that a list shows."""
    return [row.name for row in client.get(page, query).context["cl"].result_list]


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("page", LISTS)
def test_an_airport_is_found_as_people_type_it(root: Client, page: str, typed: str) -> None:
    for name in ("Malaga  Cote d'Azur", "Elsewhere"):
        airport = make_airport(name)
        if page == LISTS[1]:
            delete_airport(airport_id=airport.pk, actor=None)
    assert rows(root, page, q=typed) == ["Malaga  Cote d'Azur"]
    assert [rows(root, page, q=words) for words in ("'", "nowhere")] == [[], []]


@pytest.mark.parametrize("page", LISTS)
def test_the_exact_spelling_is_the_first_unless_a_column_is_chosen(root: Client, page: str) -> None:
    for name in ("Málaga", "MALAGA", "Malaga"):
        airport = make_airport(name)
        if page == LISTS[1]:
            delete_airport(airport_id=airport.pk, actor=None)
    assert [rows(root, page, q=typed)[0] for typed in ("Malaga", "MALAGA", "Málaga")] == ["Malaga", "MALAGA", "Málaga"]
    # Without actions there is no column of boxes before the names.
    assert rows(root, page, q="Málaga", o="1" if page == LISTS[0] else "0") == ["MALAGA", "Malaga", "Málaga"]


def test_the_palette_finds_and_ranks_in_the_same_way(root: Client) -> None:
    for name in ("Malaga", "Málaga"):
        make_airport(name)
    found = root.get("/admin/search/", {"s": "málaga", "extended": "1"}).content.decode()
    assert 0 < found.index("Málaga") < found.index("Malaga")
