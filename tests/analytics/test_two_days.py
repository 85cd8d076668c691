"""The ages of one import on two days: what the one day withholds the other does not tell."""

import random
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import disclosure
from analytics.dimensions import BIT_OF, BITS, GROUPINGS
from analytics.disclosure import masks_of_two_days
from analytics.lattice import Key
from tests.analytics.attacker import Attacker, Segments, world_of
from tests.analytics.test_disclosure import SMALL, all_buy, city, every_world, gains, leave, worlds


@st.composite
def two_days(draw: st.DrawFn) -> tuple[Segments, Segments]:
    """Residents by their ages on one day, and on another when some have had their birthday."""
    then = draw(worlds())
    residents, buyers = Counter[Key](), Counter[Key]()
    for key, (size, buying) in then.items():
        older = draw(st.integers(0, size)) if draw(st.booleans()) else 0
        older_buying = draw(st.integers(max(0, older + buying - size), min(older, buying)))
        residents.update({key: size - older, aged(key): older})
        buyers.update({key: buying - older_buying, aged(key): older_buying})
    return then, {key: (size, buyers[key]) for key, size in residents.items() if size}


def aged(key: Key) -> Key:
    country, city, town, age, channel, gender = key
    return country, city, town, age + 1, channel, gender


def disagreements(then: Segments, now: Segments) -> int:
    """Cells without an age that the one day publishes and the other does not."""
    days = then, now
    masks = masks_of_two_days(world_of(then), world_of(now), small=SMALL)
    found = 0
    for grouping in (number for number in GROUPINGS if not number & BITS["age_group"]):
        first, second = (
            {(*key[:3], *key[4:]) for key, mask in zip(day, bits, strict=True) if mask >> BIT_OF[grouping] & 1}
            for day, bits in zip(days, masks, strict=True)
        )
        found += len(first ^ second)
    return found


@given(two_days())
@every_world
def test_without_ages_both_days_publish_the_same_cells(days: tuple[Segments, Segments]) -> None:
    assert disagreements(*days) == 0


@given(two_days())
@every_world
def test_each_of_both_days_withstands_the_attack(days: tuple[Segments, Segments]) -> None:
    then, now = map(world_of, days)
    for day, masks in zip(days, masks_of_two_days(then, now, small=SMALL), strict=True):
        assert gains(Attacker(day, dict(zip(day, masks, strict=True)))) == []


def test_without_agreement_one_day_tells_what_the_other_withholds(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [some_days(seed) for seed in range(40)]
    assert sum(disagreements(*pair) for pair in days) == 0
    monkeypatch.setattr(disclosure, "_agree", leave)
    assert sum(disagreements(*pair) for pair in days) > 0


def some_days(seed: int) -> tuple[Segments, Segments]:
    """Two days on which some of the first age group have come into the second."""
    dice = random.Random(seed)
    cells = product("ABC"[: dice.randint(1, 3)], "xyz"[: dice.randint(1, 3)], ("female", "male")[: dice.randint(1, 2)])
    then, now = {}, {}
    for town, channel, gender in cells:
        residents = dice.randint(1, 12)
        older = dice.randrange(residents)
        then[city(town, 0, channel, gender)] = residents
        now[city(town, 0, channel, gender)] = residents - older
        if older:
            now[city(town, 1, channel, gender)] = older
    return all_buy(then), all_buy(now)
