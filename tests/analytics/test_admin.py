"""Towns and their aliases in the admin."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analytics.models import TownAlias, TownPlace
from analytics.services.placing.place_towns import place_towns
from config.common.spellings import fold
from tests.airports.builders import make_airport
from tests.analytics.services.test_place_towns import demand

pytestmark = pytest.mark.django_db
KYIV, LVIV = 703448, 702550
LIST = "/admin/analytics/townalias/"
# Session and user, the saved views, the number of rows and the rows.
ALIASES = 5


@pytest.fixture
def browser(superuser: User) -> Client:
    """Somebody who may do everything."""
    client = Client()
    client.force_login(superuser)
    return client


def told(town: str) -> tuple[str, int | None]:
    """How a town is placed, and at which city."""
    place = TownPlace.objects.get(pk=fold(town))
    return place.method, place.geoname_id


def test_an_alias_is_added_changed_and_deleted_and_its_town_is_placed_each_time(
    browser: Client, superuser: User
) -> None:
    place_towns(towns=["Capital"])
    browser.post(f"{LIST}add/", {"town": "Capital", "city": "Kyiv, Ukraine"})
    alias = TownAlias.objects.get()
    assert (told("Capital"), alias.created_by) == (("alias", KYIV), superuser)
    assert f'value="{KYIV}"' in browser.get(f"{LIST}{alias.pk}/change/").content.decode()
    browser.post(f"{LIST}{alias.pk}/change/", {"city": str(LVIV)})
    assert told("Capital") == ("alias", LVIV)
    browser.post(f"{LIST}{alias.pk}/delete/", {"post": "yes"})
    assert (told("Capital"), TownAlias.objects.count()) == (("unplaced", None), 0)


def test_a_selection_of_aliases_is_deleted_by_the_service_too(browser: Client) -> None:
    place_towns(towns=["Capital"])
    browser.post(f"{LIST}add/", {"town": "Capital", "city": str(KYIV)})
    form = {"action": "delete_selected", "_selected_action": TownAlias.objects.get().pk, "post": "yes"}
    browser.post(LIST, form)
    assert (told("Capital"), TownAlias.objects.count()) == (("unplaced", None), 0)


@pytest.mark.parametrize("city", ["Kyiv", "Kyiv, Spain", "1", "", "9" * 400, "Springfield, US"])
def test_what_is_no_city_is_refused_on_the_form(browser: Client, city: str) -> None:
    answer = browser.post(f"{LIST}add/", {"town": "Capital", "city": city})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"city"}
    assert TownAlias.objects.count() == 0


def test_a_town_with_an_alias_gets_no_second_one_by_adding(browser: Client) -> None:
    for town, city in (("Capital", KYIV), (" CAPITAL", LVIV)):
        answer = browser.post(f"{LIST}add/", {"town": town, "city": str(city)})
    assert answer.context["adminform"].form.errors.keys() == {"town"}
    assert told("Capital") == ("alias", KYIV)


def test_places_are_filtered_by_method_and_searched(browser: Client) -> None:
    demand("Kyiv", "Xyzzy")
    place_towns()
    html = browser.get("/admin/analytics/townplace/?method=unplaced").content.decode()
    assert ("Xyzzy" in html, "Europe/Kyiv" in html) == (True, False)
    html = browser.get("/admin/analytics/townplace/?q=kyi").content.decode()
    assert ("Xyzzy" in html, "Europe/Kyiv" in html) == (False, True)


def test_the_list_of_aliases_names_the_city_and_its_country(
    browser: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    place_towns(towns=["Capital"])
    browser.post(f"{LIST}add/", {"town": "Capital", "city": str(KYIV)})
    assert "Kyiv, Ukraine" in browser.get(LIST).content.decode()
    browser.post(f"{LIST}add/", {"town": "Lion", "city": str(LVIV)})
    with django_assert_num_queries(ALIASES):
        html = browser.get(LIST).content.decode()
    assert ["Kyiv, Ukraine" in html, "Lviv, Ukraine" in html] == [True, True]


def test_the_page_of_an_alias_says_what_it_is_and_leads_to_its_place(browser: Client) -> None:
    browser.post(f"{LIST}add/", {"town": "Old/Capital", "city": str(KYIV)})
    html = browser.get(f"{LIST}{TownAlias.objects.get().pk}/change/").content.decode()
    link = re.search(r'href="(/admin/analytics/townplace/[^"]+)">Kyiv, Ukraine<', html)
    assert link is not None
    assert "old/capital" in browser.get(link[1]).content.decode()


def test_an_alias_whose_town_has_no_place_yet_names_no_city(browser: Client) -> None:
    browser.post(f"{LIST}add/", {"town": "Capital", "city": str(KYIV)})
    TownPlace.objects.all().delete()
    assert "Kyiv" not in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}{TownAlias.objects.get().pk}/change/").status_code == 200


def test_the_page_of_a_place_is_for_people(browser: Client) -> None:
    """The cities that the town may be are a list, and the airport has its name."""
    airport = make_airport("Zhuliany <1>", latitude=50.4, longitude=30.4)
    place_towns(towns=["Kyiv"])
    candidate = {"geoname_id": LVIV, "name": "Lviv", "country": "UA", "population": 717803, "similarity": 0.5}
    TownPlace.objects.filter(pk="kyiv").update(suggestions=[candidate])
    html = browser.get("/admin/analytics/townplace/kyiv/change/").content.decode()
    assert f'<a class="underline" href="/admin/airports/airport/{airport.pk}/change/">Zhuliany &lt;1&gt;' in html
    assert f"<li>Lviv, Ukraine: 717,803 people, GeoNames id {LVIV}</li>" in html
    assert ["similarity" in html, "Ukraine" in html] == [False, True]


def test_the_page_of_a_town_that_is_not_placed_opens(browser: Client) -> None:
    place_towns(towns=["Xyzzy"])
    assert browser.get("/admin/analytics/townplace/xyzzy/change/").status_code == 200


def test_a_town_of_the_very_name_comes_before_others_of_the_same_city(browser: Client) -> None:
    for town in ("malaga", "málaga"):
        TownPlace.objects.create(town=town, city="Málaga", country="ES", method="name", placed_at=timezone.now())
    found = browser.get("/admin/analytics/townplace/", {"q": "Málaga"}).context["cl"].result_list
    assert [row.town for row in found] == ["málaga", "malaga"]


@pytest.mark.parametrize("page", ["townplace", "townalias"])
def test_a_town_is_found_as_people_type_it_and_the_exact_spelling_comes_first(browser: Client, page: str) -> None:
    for town in ("a coruna", "a coruña", "elsewhere"):
        TownPlace.objects.create(town=town, method="unplaced", placed_at=timezone.now())
        TownAlias.objects.create(town=town, name=town, geoname_id=1)
    found = {
        words: [row.town for row in browser.get(f"/admin/analytics/{page}/", {"q": words}).context["cl"].result_list]
        for words in ("a coruña", "A-coruna", "CORUN\u0303A", "'")
    }
    assert found == {
        "a coruña": ["a coruña", "a coruna"],
        "A-coruna": ["a coruna", "a coruña"],
        "CORUN\u0303A": ["a coruna", "a coruña"],
        "'": [],
    }
