"""What everybody sees instead of the counts: as it is while there is nothing to compare it with, and perturbed then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from django.contrib.auth.models import User

from analytics.models import ImportDemand, Perturbation, PublishedPlace, PublishedSegment, Segment, TownPlace
from analytics.perturbation import noise_of_index, plausible
from analytics.services.asking.find_demand import find_demand, find_opportunities
from analytics.services.asking.questions import Question, Row
from analytics.services.counting import refresh_import
from analytics.services.counting.publish_segments import republish
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.stale import count_stale_imports
from config.common.accounts.services.tokens import issue_token
from imports.fields import Patch
from imports.models import Citizen
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.naive import COUNTS, KEYS, total
from tests.factories import alike, delivery
from tests.imports.world import load

pytestmark = pytest.mark.django_db
SHOWN = tuple(f"shown_{name}" for name in COUNTS)
Sums = dict[tuple[Any, ...], tuple[int, int, int]]


@pytest.fixture
def actors() -> dict[str, User]:
    for role in ("Editors", "Viewers"):
        issue_token(username=role, role=role)
    return {user.username: user for user in User.objects.all()}


def counts(import_id: int, names: tuple[str, ...], *, at_delivery: bool = True) -> Sums:
    rows = Segment.objects.filter(delivery_id=import_id, at_delivery=at_delivery).values_list(*KEYS, *names)
    return {row[:4]: row[4:] for row in rows}


def is_exact(import_id: int) -> bool:
    return all(
        counts(import_id, SHOWN, at_delivery=day) == counts(import_id, COUNTS, at_delivery=day) for day in (True, False)
    )


def any_of(import_id: int) -> int:
    return Citizen.objects.of(import_id).order_by("citizen_id").values_list("citizen_id", flat=True)[0]


def everything() -> list[tuple[Any, ...]]:
    names = ("delivery", "at_delivery", *KEYS, *COUNTS, *SHOWN, "squares", "published")
    return sorted(Segment.objects.values_list(*names))


def loaded(seed: int = 1, *, residents: int = 300, **values: Any) -> int:
    import_id = load(delivery(residents, relations=residents, seed=seed), **values)
    refresh_demand()
    return import_id


def test_the_first_delivery_of_a_source_is_shown_as_it_is_until_something_of_it_changes() -> None:
    import_id = loaded()
    citizen_id = delivery(300, relations=300, seed=1)[0]["citizen_id"]
    correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(name="Another"), actor=None)
    assert refresh_demand()[0] == 1
    assert (is_exact(import_id), Perturbation.objects.get().changes) == (True, 0)
    correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(channel="another"), actor=None)
    assert refresh_demand()[0] == 1
    assert (is_exact(import_id), Perturbation.objects.get().changes) == (False, 1)


def test_after_a_correction_that_is_not_counted_nothing_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded()
    correct_resident(import_id=first, citizen_id=any_of(first), patch=Patch(channel="another"), actor=None)
    refresh_demand()
    before = everything()
    monkeypatch.delattr(refresh_import, "published")
    correct_resident(import_id=first, citizen_id=any_of(first), patch=Patch(name="Another"), actor=None)
    assert refresh_demand() == (1, False)
    assert (count_stale_imports(), everything()) == (0, before)


def test_who_has_how_many_courses_is_counted_though_their_sum_is_the_same() -> None:
    square = {1: [2, 4], 2: [1, 3], 3: [2, 4], 4: [1, 3]}
    first = load([one | {"friends": square[one["citizen_id"]]} for one in alike(4)])
    refresh_demand()
    # One has three friends now, and one of them no other.
    for citizen_id, friends in ((1, [2, 3, 4]), (4, [1])):
        correct_resident(import_id=first, citizen_id=citizen_id, patch=Patch(friends=friends), actor=None)
    correct_resident(import_id=first, citizen_id=2, patch=Patch(friends=[1, 3]), actor=None)
    refresh_demand()
    assert set(Segment.objects.values_list("courses", "squares", "buyers")) == {(8, 18, 4)}


def test_a_birthday_is_a_change() -> None:
    import_id = loaded()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=90)):
        refresh_demand()
        assert not is_exact(import_id)


def test_another_source_is_shown_as_it_is_and_another_delivery_is_not() -> None:
    first, second, third = loaded(source="a"), loaded(source="a"), loaded(source="b")
    assert [is_exact(one) for one in (second, third)] == [False, True]
    assert counts(first, SHOWN) == counts(first, COUNTS)


def test_whoever_did_not_change_is_seldom_drawn_anew() -> None:
    """So that many cells differ where one resident changed, and no answer averages the noise away."""
    _, after, again = (loaded(residents=1_000) for _ in range(3))
    assert counts(after, COUNTS) == counts(again, COUNTS)
    one, other = counts(after, SHOWN), counts(again, SHOWN)
    differ = sum(one[key] != other[key] for key in one)
    assert 0.01 < differ / len(one) < 0.15


def test_perturbed_sums_are_true_on_average() -> None:
    loaded(residents=1_500)
    import_id = loaded(residents=1_500)
    found = ImportDemand.objects.get(pk=import_id)
    citizens = delivery(1_500, relations=1_500, seed=1)
    bought = np.array([len(one["relatives"]) + len(one["friends"]) for one in citizens])
    variances = (len(bought) / 2, (bought * (bought + 1) / 3).sum(), (bought > 0).sum() / 2)
    for name, variance in zip(COUNTS, variances, strict=True):
        error = getattr(found, f"shown_{name}") - getattr(found, name)
        assert 0 < abs(error) < 4 * variance**0.5
    sums = total(*({(): one} for one in counts(import_id, SHOWN).values()))
    assert sums == {(): tuple(getattr(found, name) for name in SHOWN)}


def test_the_published_picture_is_the_sum_of_what_is_shown() -> None:
    for source in ("a", "a", "b", "b"):
        loaded(source=source)
    stored = PublishedSegment.objects.values_list(*KEYS, "published", *SHOWN)
    rows = Segment.objects.filter(at_delivery=False).values_list(*KEYS, "published", *SHOWN)
    assert {row[:5]: row[5:] for row in stored} == total(*({row[:5]: row[5:]} for row in rows))


def test_a_town_that_moves_ends_what_is_shown_as_it_is_before_its_city_changes() -> None:
    import_id = loaded()
    town = Segment.objects.values_list("town", flat=True).order_by("-residents")[0]
    TownPlace.objects.filter(town=town).update(city="Elsewhere", country="ES")
    assert republish() == 0
    assert (is_exact(import_id), PublishedPlace.objects.get(town=town).city) == (True, "Kyiv")
    refresh_demand()
    assert (is_exact(import_id), PublishedPlace.objects.get(town=town).city) == (False, "Elsewhere")


def test_nothing_is_shown_of_what_was_erased_when_a_town_of_it_moves() -> None:
    first = loaded()
    erase_delivery(import_id=first, actor=None)
    refresh_demand()
    town = Segment.objects.values_list("town", flat=True)[0]
    TownPlace.objects.filter(town=town).update(city="Elsewhere", country="ES")
    assert republish() == 1
    assert set(Segment.objects.values_list("published", flat=True)) == {0}


def test_what_is_merged_is_last_in_every_order_and_meta_says_how_many(actors: dict[str, User]) -> None:
    loaded(residents=600)
    for find in (find_demand, find_opportunities):
        for order in ((), ("-residents",), ("residents",), ("index",), ("-index_low",), ("town",)):
            question = Question(group_by=("town", "channel"), ordering=order)
            found = find(question=question, actor=actors["Viewers"])
            assert [row.is_other for row in found.rows] == [False] * (found.count - 1) + [True]
            assert found.meta.merged == found.rows[-1].residents > 0
            assert find(question=question, actor=actors["Editors"]).meta.merged == 0


def test_no_named_row_has_fewer_than_its_people_have(actors: dict[str, User]) -> None:
    loaded(residents=600)
    loaded(residents=600)
    rows: list[Row] = find_demand(question=Question(group_by=("town", "channel")), actor=actors["Viewers"]).rows
    assert len(rows) > 20
    assert min(row.residents for row in rows) >= 5
    assert all(3 <= row.buyers <= row.residents and row.courses >= row.buyers for row in rows)


def test_true_sums_of_people_who_are_not_small_stay() -> None:
    true = [np.array(column) for column in ([5, 9], [3, 40], [3, 9])]
    assert all((one == other).all() for one, other in zip(plausible(*true, small=5), true, strict=True))
    raised = plausible(*(np.array([0]) for _ in range(3)), small=5)
    assert [column.tolist() for column in raised] == [[5], [3], [3]]


def test_the_noise_of_an_index_is_that_of_many_draws() -> None:
    dice = np.random.default_rng(1)
    bought = dice.poisson(1.5, 4_000)
    residents = dice.integers(0, 2, (2_000, 4_000)) + dice.integers(0, 2, (2_000, 4_000))
    courses = dice.integers(0, 2 * bought + 1, (2_000, 4_000))
    ratios = courses.sum(axis=1) / residents.sum(axis=1)
    found = noise_of_index(np.array([4_000.0]), mean=bought.mean(), spread=(bought * (bought + 1) / 3).mean())
    assert found[0] == pytest.approx(ratios.var() / ratios.mean() ** 2, rel=0.15)
