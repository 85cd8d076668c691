"""What a viewer can find out over HTTP: from no two answers anything about fewer than five residents."""

import random
from itertools import permutations
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from analytics.dimensions import DIMENSIONS
from analytics.models import Perturbation, Segment, TownPlace
from analytics.services.asking.questions import SOURCE, UNPLACED, Question
from analytics.services.counting.count_import import SegmentKey
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import counting
from imports.models import Import
from imports.services.erasing.delete_delivery import delete_delivery
from tests.analytics.counted import NAMES, place, row_keys
from tests.effort import tries
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db
SMALL = 5
# Who is 10 and who is 30 years old, whatever today is.
BIRTHS = ("01.01.2016", "01.01.1996")
People = frozenset[int]
# Two towns of one city, and one that is not placed.
CITIES: dict[str, tuple[str, str | None]] = {"a": ("B", "ES"), "b": ("B", "ES"), "c": ("c", None)}


@st.composite
def worlds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to some dozens of residents in few towns, ages, channels and genders, who buy for themselves or not at all."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    choices: dict[str, tuple[str, ...]] = {
        "town": ("a", "b", "c"), "birth_date": BIRTHS, "channel": ("x", "y"), "gender": ("female", "male"),
    }  # fmt: skip
    some = {name: values[: draw(st.integers(1, len(values)))] for name, values in choices.items()}
    return [
        one
        | {name: values[int(len(values) * dice.random() ** 2)] for name, values in some.items()}
        | {"relatives": [one["citizen_id"]] * (dice.random() < 0.8)}
        for one in people(draw(st.integers(1, 60)))
    ]


def questions(segments: list[SegmentKey], dice: random.Random) -> list[Question]:
    """Some of the questions that there are: any grouping, any single values or none."""
    labels = counting().age_groups.labels
    values = [
        ("", *sorted({labels[key[1]] if number == 1 else str(key[number]) for key in segments})) for number in range(4)
    ]
    found = []
    for _ in range(12):
        towns, ages, channels, genders = ((value,) if (value := dice.choice(every)) else () for every in values)
        cities, countries = dice.choice(((), (), ("B",), ("c",))), dice.choice(((), (), ("ES",), (UNPLACED,)))
        found.append(
            Question(
                group_by=tuple(dice.sample(DIMENSIONS, dice.randint(1, 4))),
                countries=countries,
                cities=cities,
                towns=towns,
                age_groups=ages,
                channels=channels,
                genders=genders,
                min_residents=dice.choice((0, 0, 5, 9)),
                ordering=(dice.choice(("residents", "-index", "-courses")),),
            )
        )
    return found


def asked(client: APIClient, question: Question, dice: random.Random) -> list[dict[str, Any]]:
    """All rows, a page after the other."""
    values: dict[str, Any] = {"group_by": ",".join(question.group_by), "ordering": ",".join(question.ordering)}
    values |= {"min_residents": question.min_residents, "limit": dice.choice((5, 1_000)), **question.filters}
    following, rows = f"/analytics/demand?{urlencode(values, doseq=True)}", []
    while following:
        body = client.get(following).json()
        rows += body["data"]
        following = body["next"]
    return rows


def traced(question: Question, segments: dict[SegmentKey, tuple[People, int]]) -> dict[tuple[str | None, ...], People]:
    """Who stands behind each row, `min_residents` aside."""
    found: dict[tuple[str | None, ...], People] = {}
    for key, (ids, mask) in segments.items():
        city, country = CITIES[key[0]]
        known = {SOURCE: "default", "city": city, "country": country}
        keys = row_keys(question, known, key, mask, restricted=True)
        if keys is not None:
            found[keys] = found.get(keys, frozenset()) | ids
    return found


def segments_of(citizens: list[dict[str, Any]]) -> dict[SegmentKey, tuple[People, int]]:
    """Who is in each segment, and its bits as they are stored."""
    masks = {row[:4]: row[4] for row in Segment.objects.filter(at_delivery=False).values_list(*NAMES, "published")}
    groups: dict[SegmentKey, set[int]] = {}
    for one in citizens:
        key = (one["town"], 0 if one["birth_date"] == BIRTHS[0] else 2, one["channel"], one["gender"])
        groups.setdefault(key, set()).add(one["citizen_id"])
    return {key: (frozenset(ids), masks[key]) for key, ids in groups.items()}


@settings(max_examples=tries(6), deadline=None, suppress_health_check=list(HealthCheck))
@given(citizens=worlds(), seed=st.integers(0, 2**32))
def test_no_difference_of_two_answers_is_fewer_than_five(
    client_of: Any, citizens: list[dict[str, Any]], seed: int
) -> None:
    viewer, dice = client_of("Viewers"), random.Random(seed)
    for old in Import.objects.live():
        delete_delivery(import_id=old.pk, actor=User.objects.first())
    # A source that is new is shown as it is.
    Perturbation.objects.all().delete()
    TownPlace.objects.all().delete()
    for town in ("a", "b"):
        place(town, city="B")
    place("c", method="unplaced", city="", country="")
    load(citizens)
    refresh_demand()
    segments = segments_of(citizens)
    known: set[People] = set()
    for question in questions(list(segments), dice):
        behind = traced(question, segments)
        rows = {tuple(row[key] for key in question.columns): row["residents"] for row in asked(viewer, question, dice)}
        assert rows == {keys: len(ids) for keys, ids in behind.items() if len(ids) >= question.min_residents}
        for keys, ids in behind.items():
            parts = [key for key, (some, _) in segments.items() if some <= ids]
            assert len(ids) >= SMALL
            assert set(keys) != {"other"} or len(parts) >= 2
        known |= {ids for ids in (*behind.values(), frozenset().union(*behind.values())) if ids}
    assert [
        (len(more), len(less)) for more, less in permutations(known, 2) if less < more and len(more - less) < SMALL
    ] == []
