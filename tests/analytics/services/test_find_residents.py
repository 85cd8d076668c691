"""The residents behind a segment are those that were counted in it."""

from datetime import date
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.models import TownPlace
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import Question
from analytics.services.counting.refresh_demand import refresh_demand
from imports.models import Channel, Citizen
from imports.services.naming.change_named import create_named
from tests.factories import people
from tests.imports.admin.people import browser, somebody
from tests.imports.world import load

LIST = "/admin/imports/citizen/"
TOWNS = ("Bogota", "BOGOTÁ", "Lyon", "Nowhere")
CHANNELS = ("Insta", "instagram", "TV")
# The ends of an age group's residents, and a leap day.
BORN = ("28.11.2008", "29.11.2008", "30.11.2008", "29.02.2004", "01.01.1990", "01.01.1940")
PLACES = {"bogota": ("Bogotá", "CO"), "bogotá": ("Bogotá", "CO"), "lyon": ("Lyon", "FR")}
AGES = {"0-17": (None, 17), "18-24": (18, 24), "25-34": (25, 34), "65+": (65, None)}


def a_world() -> None:
    """Two sources, of which one has an older delivery too; a channel with an alias; towns in a city and in none."""
    values = list(product(TOWNS, CHANNELS, BORN))
    residents = people(len(values))
    for number, (resident, (town, channel, born)) in enumerate(zip(residents, values, strict=True)):
        resident |= {"town": town, "channel": channel, "birth_date": born, "gender": ("female", "male")[number % 2]}
    load(people(9, town="Lyon"), source="one")
    load(residents[::2], source="one")
    load([one | {"name": "Anna"} for one in residents[1::3]], source="two")
    create_named(Channel, values={"name": "instagram", "aliases": ["Insta"]}, actor=None)
    for town, (city, country) in PLACES.items():
        TownPlace.objects.update_or_create(town=town, defaults=placed(city, country))
    refresh_demand()
    # Where the refresh knew better.
    for town, (city, country) in PLACES.items():
        TownPlace.objects.update_or_create(town=town, defaults=placed(city, country))


def placed(city: str, country: str) -> dict[str, Any]:
    """A place."""
    return {"city": city, "country": country, "method": "alias", "placed_at": "2026-11-28T00:00Z"}


def listed(client: Client, **asked: Any) -> tuple[int, list[Any]]:
    """How many residents the list says there are, and those on its first page."""
    answer = client.get(f"{LIST}?{urlencode({'segment': 'current', **asked}, doseq=True)}")
    assert answer.status_code == 200
    changes = answer.context["cl"]
    return changes.total, list(changes.result_list)


class TestAgainstTheDemand(TestCase):
    actor: User
    client: Client

    @classmethod
    def setUpTestData(cls) -> None:
        a_world()
        cls.actor = somebody("Editors")

    @settings(deadline=None, max_examples=30)
    @given(
        places=st.sampled_from(
            [{}, {"city": ["bogotá"]}, {"country": ["CO", "FR"]}, {"country": ["none"]}, {"town": ["Lyon"]}]
        ),
        channels=st.sampled_from([[], ["Insta"], ["TV", "instagram"]]),
        genders=st.sampled_from([[], ["female"], ["female", "male"]]),
        age=st.sampled_from([None, *AGES]),
        sources=st.sampled_from([[], ["one"], ["ONE", "two"]]),
    )
    def test_as_many_are_listed_as_were_counted(
        self, places: dict[str, list[str]], channels: list[str], genders: list[str], age: str | None, sources: list[str]
    ) -> None:
        question = Question(
            group_by=(),
            countries=tuple(places.get("country", ())),
            cities=tuple(places.get("city", ())),
            towns=tuple(places.get("town", ())),
            channels=tuple(channels),
            genders=tuple(genders),
            age_groups=(age,) if age else (),
            sources=tuple(sources),
            with_expected=False,
        )
        counted = sum(row.residents for row in find_demand(question=question, actor=self.actor).rows)
        first, last = AGES[age] if age else (None, None)
        asked = {**places, "channel": channels, "gender": genders, "source": sources, "age_from": first or ""}
        asked["age_to"] = "" if last is None else last
        client = browser(self.actor)
        assert listed(client, **asked)[0] == counted
        # The same again by hand, of what a segment cannot say.
        number, rows = listed(client, **asked, who="Anna")
        assert number == sum(1 for row in rows if row.name == "Anna") or number > len(rows)


@pytest.mark.django_db
def test_an_importer_finds_only_residents_of_their_own_deliveries_and_a_viewer_nobody() -> None:
    importer = somebody("Importers")
    load(people(3, town="Lyon"), source="one", actor=importer)
    load(people(4, town="Lyon"), source="two")
    refresh_demand()
    assert listed(browser(importer), town="lyon")[0] == 3
    assert listed(browser(somebody("Editors")), town="lyon")[0] == 7
    assert browser(somebody("Viewers")).get(f"{LIST}?segment=current").status_code == 403


@pytest.mark.django_db
def test_what_is_erased_or_deleted_since_it_was_counted_is_not_listed() -> None:
    load(people(3), source="one")
    refresh_demand()
    client = browser(somebody("Editors"))
    assert listed(client)[0] == 3
    Citizen.objects.update(birth_date=date(1990, 1, 1))
    assert listed(client, age_from=120)[0] == 0
