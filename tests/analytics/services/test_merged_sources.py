"""Sources that are one: one current delivery, the highest id, in every answer, until they are apart again."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from analytics.models import ImportDemand, Perturbation
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.find_trend import find_trend
from analytics.services.asking.questions import Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.stale import count_stale_imports
from analytics.services.placing.town_aliases import set_alias
from config.common.accounts.services.tokens import issue_token
from imports.models import Source
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.naming.change_named import change_named, create_named
from tests.analytics import naive
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db
LVIV = 702550


@pytest.fixture
def manager() -> User:
    issue_token(username="maria", role="Managers")
    return User.objects.get(username="maria")


def merge(*aliases: str) -> None:
    change_named(Source, pk=Source.objects.get(fold="one").pk, values={"aliases": list(aliases)}, actor=None)


def current() -> list[int]:
    return sorted(ImportDemand.objects.current().values_list("pk", flat=True))


def test_the_last_delivery_of_all_names_is_the_current_one(manager: User) -> None:
    first, second, third = (load(people(size), source=name) for size, name in ((3, "one"), (5, "two"), (4, "Two")))
    refresh_demand()
    assert (current(), count_stale_imports()) == ([first, third], 0)
    merge("TWO")
    assert count_stale_imports() == 1
    refresh_demand()
    assert (current(), count_stale_imports()) == ([third], 0)
    rows = find_demand(question=Question(group_by=("source",)), actor=manager).rows
    assert [(row.keys["source"], row.residents) for row in rows] == [("one", 4)]
    for name in ("two", "ONE"):
        assert find_demand(question=Question(group_by=(), sources=(name,)), actor=manager).rows[0].residents == 4
        trend = find_trend(question=Question(group_by=(), sources=(name,)), actor=manager).rows
        assert [(row.import_id, row.source) for row in trend] == [(one, "one") for one in (first, second, third)]
    merge()
    refresh_demand()
    assert (current(), count_stale_imports()) == ([first, third], 0)
    assert naive.faults(datetime.now(UTC).date()) == []


def test_sources_that_became_one_are_one_row_before_anything_is_counted_again(manager: User) -> None:
    for size, name in ((3, "one"), (5, "two"), (4, "three")):
        load(people(size), source=name)
    refresh_demand()
    merge("two")
    rows = find_demand(question=Question(group_by=("source",)), actor=manager).rows
    assert {row.keys["source"]: row.residents for row in rows} == {"one": 5, "three": 4}
    assert len(rows) == 2
    assert find_demand(question=Question(group_by=(), sources=("one",)), actor=manager).rows[0].residents == 5


def test_when_it_goes_the_one_before_it_is_current_whatever_its_name(manager: User) -> None:
    first, second = load(people(3), source="one"), load(people(5), source="two")
    merge("two")
    refresh_demand()
    delete_delivery(import_id=second, actor=manager)
    refresh_demand()
    assert (current(), count_stale_imports()) == ([first], 0)


def test_what_an_alias_delivers_is_drawn_with_the_weights_of_its_source() -> None:
    load(people(30), source="one")
    refresh_demand()
    merge("new")
    later = load(people(31), source="new")
    refresh_demand()
    # The alias has a row of its own too: it was seen, should it be taken off.
    assert sorted(Perturbation.objects.values_list("pk", flat=True)) == ["new", "one"]
    shown = ImportDemand.objects.get(pk=later).drawn_at
    assert shown > 0
    # By itself again it has had a predecessor: it is not the first delivery that nobody can compare.
    merge()
    ImportDemand.objects.filter(pk=later).mark_stale()
    refresh_demand()
    assert ImportDemand.objects.get(pk=later).drawn_at > 0


def test_an_alias_that_is_given_or_taken_off_is_no_first_delivery_again() -> None:
    first = load(people(30), source="a")
    refresh_demand()
    assert ImportDemand.objects.get(pk=first).drawn_at == 0
    acme = create_named(Source, values={"name": "Acme", "aliases": ["a"]}, actor=None)
    drawn = []
    for aliases, count in ((["a"], 31), ([], 32)):
        change_named(Source, pk=acme.pk, values={"aliases": aliases}, actor=None)
        later = load(people(count), source="a")
        refresh_demand()
        drawn.append(ImportDemand.objects.get(pk=later).drawn_at > 0)
    assert drawn == [True, True]


def test_a_town_that_moves_settles_where_a_source_is_spelled_otherwise_than_it_was_named() -> None:
    create_named(Source, values={"name": "Acme"}, actor=None)
    load(people(20, town="Somewhere"), source="acme")
    refresh_demand()
    set_alias(town="Somewhere", geoname_id=LVIV, actor=None)
    refresh_demand()
    refresh_demand()
    assert count_stale_imports() == 0
