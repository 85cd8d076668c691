"""An alias of a channel: answers are as if every delivery named the channel itself, until it is taken back."""

from collections import defaultdict
from typing import Any

import pytest
from django.contrib.auth.models import User

from analytics.models import CountedAlias
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.find_trend import find_trend
from analytics.services.asking.questions import Question, Row
from analytics.services.counting.follow_channels import follow_channels, moved_channels
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.stale import stale_imports
from config.common.accounts.services.tokens import issue_token
from imports.models import Channel
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.naming.change_named import change_named, create_named, delete_named
from tests.factories import delivery
from tests.imports.world import load

pytestmark = pytest.mark.django_db

QUESTIONS = (
    Question(group_by=("channel",)),
    Question(group_by=("city", "channel")),
    Question(group_by=("channel", "gender"), index_of_all=True, channels=("Instagram",)),
    Question(group_by=("town",), channels=("instagram", "e-mail")),
    Question(group_by=("age_group",), channels=("e-mail",)),
    Question(group_by=("source", "channel")),
)
PEOPLE = delivery(300, relations=250, seed=17)
ALIASES = {"tiktok": "instagram", "YouTube": "instagram", "poster": "e-mail"}

SAME = ("TikTok", "instagram", "YOUTUBE")


def person(role: str) -> User:
    issue_token(username=role.lower(), role=role)
    return User.objects.get(username=role.lower())


def give() -> None:
    create_named(Channel, values={"name": "instagram", "aliases": ["TikTok", "youtube"]}, actor=None)
    create_named(Channel, values={"name": "E-Mail", "aliases": [" poster"]}, actor=None)


def take_back() -> None:
    for row in Channel.objects.things():
        delete_named(Channel, pk=row.pk, actor=None)


def rows(actor: User) -> list[list[Row]]:
    return [find_demand(question=question, actor=actor).rows for question in QUESTIONS]


def renamed() -> list[dict[str, Any]]:
    return [one | {"channel": ALIASES.get(one["channel"], one["channel"])} for one in PEOPLE]


def counts(found: list[list[Row]]) -> list[list[tuple[Any, ...]]]:
    return [[(row.keys, row.residents, row.courses, row.buyers) for row in one] for one in found]


def test_answers_are_those_of_deliveries_that_name_the_channel_itself() -> None:
    manager = person("Managers")
    load(renamed(), source="a")
    refresh_demand()
    expected = rows(manager)
    load(PEOPLE, source="a")
    refresh_demand()
    before = rows(manager)
    give()
    # At once; how residents depend on each other is counted by the next refresh.
    assert counts(rows(manager)) == counts(expected)
    refresh_demand()
    assert (rows(manager), moved_channels()) == (expected, {})
    asked = [find_demand(question=Question(group_by=("gender",), channels=(one,)), actor=manager).rows for one in SAME]
    assert asked[0] == asked[1] == asked[2] != []
    take_back()
    assert counts(rows(manager)) == counts(before)
    refresh_demand()
    assert (rows(manager), CountedAlias.objects.count()) == (before, 0)


def test_it_acts_on_deliveries_that_come_later_and_on_those_that_were_erased() -> None:
    manager, first = person("Managers"), load(PEOPLE, source="a")
    refresh_demand()
    erase_delivery(import_id=first, actor=manager)
    refresh_demand()
    give()
    refresh_demand()
    second = load(PEOPLE, source="a")
    refresh_demand()
    trend = find_trend(question=Question(group_by=("channel",)), actor=manager).rows
    of_each: defaultdict[int, dict[Any, int]] = defaultdict(dict)
    for one in trend:
        of_each[one.import_id][one.row.keys["channel"]] = one.row.residents
    assert of_each[first] == of_each[second]
    assert not of_each[first].keys() & ALIASES.keys()


def test_only_deliveries_that_name_it_are_counted_again() -> None:
    load([one | {"channel": "радио"} for one in PEOPLE], source="a")
    other = load(PEOPLE, source="b")
    refresh_demand()
    give()
    assert (sorted(moved_channels()), follow_channels()) == (["poster", "tiktok", "youtube"], 1)
    assert [one.import_id for one in stale_imports()] == [other]


def test_a_channel_that_no_delivery_names_so_has_the_name_that_staff_gave_it() -> None:
    load(PEOPLE, source="a")
    refresh_demand()
    made = create_named(Channel, values={"name": "Social", "aliases": ["instagram", "tiktok"]}, actor=None)
    question = Question(group_by=("channel",))
    named = {row.keys["channel"] for row in find_demand(question=question, actor=person("Managers")).rows}
    assert ("Social" in named, named & {"instagram", "tiktok"}) == (True, set())
    change_named(Channel, pk=made.pk, values={"name": "Networks"}, actor=None)
    assert find_demand(question=Question(channels=("social",)), actor=person("Editors")).rows


def test_viewers_are_told_sums_of_what_they_were_told_before() -> None:
    viewer = person("Viewers")
    load(PEOPLE, source="a")
    refresh_demand()
    question = Question(group_by=("channel",))
    before = {row.keys["channel"]: row for row in find_demand(question=question, actor=viewer).rows}
    give()
    for _ in range(2):
        after = {row.keys["channel"]: row for row in find_demand(question=question, actor=viewer).rows}
        sums: defaultdict[Any, int] = defaultdict(int)
        for channel, row in before.items():
            sums[ALIASES.get(channel or "", channel)] += row.residents
        assert {channel: row.residents for channel, row in after.items()} == dict(sums)
        refresh_demand()
