"""Towns are placed by the refresh and move afterwards; no resident is counted again for that."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics import tasks
from analytics.models import DeliverySpelling, ImportDemand, PublishedPlace, PublishedSegment, Segment, TownPlace
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import Question
from analytics.services.counting.publish_segments import moved_towns, republish
from analytics.services.counting.refresh_demand import REFRESH, refresh_all, refresh_demand
from analytics.services.counting.refresh_import import refresh_import
from analytics.services.counting.stale import utc_today
from analytics.services.placing.place_towns import place_towns
from analytics.services.placing.town_aliases import remove_alias, set_alias
from config.common.accounts.services.tokens import issue_token
from imports.models import Citizen, Import
from tests.analytics.counted import crowd, make, place_towns_of_crowd, show_as_drawn
from tests.analytics.naive import faults
from tests.factories import delivery, people
from tests.imports.world import load

pytestmark = pytest.mark.django_db
KYIV, LVIV = 703448, 702550
BY_CITY = Question(group_by=("city",))


def actor(role: str) -> User:
    issue_token(username=role, role=role)
    return User.objects.get(username=role)


def cities(role: str, question: Question = BY_CITY) -> dict[tuple[str | None, ...], int]:
    """The residents of each row by its keys."""
    rows = find_demand(question=question, actor=actor(role)).rows
    return {tuple(row.keys.values()): row.residents for row in rows}


def residents(town: str, count: int, first: int = 1) -> list[dict[str, Any]]:
    """Residents of a town, each of whom buys for itself."""
    return [
        one | {"citizen_id": first + number, "relatives": [first + number], "town": town}
        for number, one in enumerate(people(count))
    ]


def three_towns() -> int:
    """Kyiv by two names, and Lviv."""
    return load([*residents("Kyiv", 20), *residents("Київ", 10, 101), *residents("Lviv", 15, 201)])


def test_after_one_refresh_the_cities_are_there() -> None:
    three_towns()
    refresh_demand()
    for role in ("Editors", "Viewers"):
        assert cities(role) == {("Kyiv", "UA"): 30, ("Lviv", "UA"): 15}
        assert cities(role, Question(group_by=("country",), cities=(" KYIV",), countries=("ua", "none"))) == {
            ("UA",): 30
        }
    assert (moved_towns(), republish()) == ([], 0)


def test_a_town_that_moves_takes_its_residents_along_and_nobody_is_counted_again() -> None:
    import_id = three_towns()
    refresh_demand()
    show_as_drawn()
    Citizen.objects.of(import_id).update(town="Nowhere")
    set_alias(town="КИЇВ ", geoname_id=LVIV, actor=None)
    moved = {("Kyiv", "UA"): 20, ("Lviv", "UA"): 25}
    assert (cities("Editors"), cities("Viewers")) == (moved, {("Kyiv", "UA"): 30, ("Lviv", "UA"): 15})
    with CaptureQueriesContext(connection) as asked:
        assert refresh_demand() == (0, False)
    assert [query["sql"] for query in asked if "imports_citizen" in query["sql"]] == []
    assert cities("Viewers") == moved
    remove_alias(town="київ", actor=None)
    assert cities("Editors") == {("Kyiv", "UA"): 30, ("Lviv", "UA"): 15}


def test_what_is_decided_anew_is_what_a_new_count_decides() -> None:
    for source, seed in (("a", 1), ("a", 2), ("b", 3)):
        load(delivery(150, relations=120, seed=seed), source=source)
    refresh_demand()
    show_as_drawn()
    before = stored()
    for town, city in (("Kyiv", LVIV), ("Malmö", KYIV), ("Zaragoza", LVIV)):
        set_alias(town=town, geoname_id=city, actor=None)
    assert republish() == 3
    decided = stored()
    assert (decided != before, faults(utc_today())) == (True, [])
    refresh_all()
    assert stored() == decided


def stored() -> list[Any]:
    keys = ("town", "age_group", "channel", "gender", "residents", "courses", "buyers", "published")
    return [
        sorted(Segment.objects.values_list("delivery", "at_delivery", *keys)),
        sorted(PublishedSegment.objects.values_list(*keys)),
        sorted(PublishedPlace.objects.values_list("town", "city", "country")),
    ]


def test_what_an_erased_delivery_shows_by_city_moves_too() -> None:
    import_id = three_towns()
    refresh_demand()
    show_as_drawn()
    Import.objects.filter(pk=import_id).update(status="erased")
    refresh_demand()
    set_alias(town="Київ", geoname_id=LVIV, actor=None)
    refresh_demand()
    assert cities("Viewers", Question(group_by=("city",), import_id=import_id)) == {
        ("Kyiv", "UA"): 20,
        ("Lviv", "UA"): 25,
    }


def test_who_may_not_keep_the_names_of_cities_counts_without_and_the_next_refresh_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, **_: sent.append(task))
    import_id = three_towns()
    refresh_import(import_id=import_id)
    show_as_drawn()
    assert (TownPlace.objects.count(), cities("Editors")[("Київ", None)]) == (0, 10)
    place_towns()
    assert (cities("Editors"), cities("Viewers")[("Київ", None)]) == ({("Kyiv", "UA"): 30, ("Lviv", "UA"): 15}, 10)
    tasks.sweep_stale()
    assert sent == [REFRESH]
    refresh_demand()
    assert cities("Viewers") == {("Kyiv", "UA"): 30, ("Lviv", "UA"): 15}
    tasks.sweep_stale()
    assert sent == [REFRESH]


def test_a_town_is_where_it_was_published_in_every_delivery() -> None:
    """A new delivery does not see a move before all others do: else their sums would tell the difference."""
    load(residents("Kyiv", 20), source="a")
    refresh_demand()
    set_alias(town="Kyiv", geoname_id=LVIV, actor=None)
    refresh_import(import_id=load(residents("Kyiv", 30), source="b"), may_place=True)
    show_as_drawn()
    assert cities("Viewers") == {("Kyiv", "UA"): 50}
    refresh_demand()
    assert cities("Viewers") == {("Lviv", "UA"): 50}


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
def test_the_sums_of_cities_and_countries_are_those_of_their_towns(role: str) -> None:
    place_towns_of_crowd()
    for seed, source in enumerate("ab"):
        make(source, crowd(seed, largest=60))
    towns = find_demand(question=Question(group_by=("country", "city", "town")), actor=actor(role)).rows
    for group_by in (("city",), ("country",)):
        question = Question(group_by=group_by)
        sums: dict[tuple[str | None, ...], int] = {}
        for row in towns:
            if not row.is_other:
                key = tuple(row.keys[name] for name in question.columns)
                sums[key] = sums.get(key, 0) + row.courses
        found = {
            tuple(row.keys.values()): row.courses
            for row in find_demand(question=question, actor=actor(role)).rows
            if not row.is_other
        }
        assert sums.keys() <= found.keys()
        if role == "Editors":
            assert sums == found


def test_spellings_of_one_town_and_one_channel_are_one_row_in_that_of_most_residents() -> None:
    spelled = {"Bogota": 6, "bogota ": 5, "\N{NO-BREAK SPACE}Bogota": 4, "BOGOTA": 3, "Bogota\N{SOFT HYPHEN}": 2}
    channels = ("instagram", "Instagram", " instagram")
    first, sent = 1, []
    for town, count in spelled.items():
        sent += [
            one | {"channel": channels[min(number, 2)]} for number, one in enumerate(residents(town, count, first))
        ]
        first += 100
    import_id = load(sent)
    refresh_demand()
    question = Question(group_by=("town", "channel"))
    for role in ("Editors", "Viewers"):
        assert cities(role, question) == {("Bogota", " instagram"): 20}
        assert cities(role, Question(group_by=("town",), towns=("BoGoTa",), channels=("INSTAGRAM ",))) == {
            ("Bogota",): 20
        }
    assert {one.town for one in Citizen.objects.of(import_id)} == set(spelled)
    assert DeliverySpelling.objects.count() == len(spelled) + len(channels)


def test_the_spelling_that_is_shown_is_that_of_the_current_picture() -> None:
    old = load(residents("KYIV", 20), source="a")
    refresh_demand()
    assert cities("Editors", Question(group_by=("town",))) == {("KYIV",): 20}
    load(residents("Kyiv", 5), source="a")
    refresh_demand()
    assert cities("Editors", Question(group_by=("town",))) == {("Kyiv",): 5}
    load(residents("Lviv", 5), source="a")
    refresh_demand()
    assert cities("Editors", Question(group_by=("town",), import_id=old)) == {("KYIV",): 20}
    assert ImportDemand.objects.count() == 3
