"""The demo's generator made fast: the same households, circles and rates, without names and addresses."""

from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np

from imports.demo.community import CHANGES_CHANNEL, LEAVES, MAKES_NEW_FRIENDS, NAMES_ITSELF
from imports.demo.deliveries import GROWTH_PERCENT, last_sizes
from imports.demo.dice import Dice
from imports.demo.friends import ACQUAINTED, CIRCLE_SIZES, LIKELIEST
from imports.demo.households import ADULT, LEAVES_HOME, MIDDLE, OLD, OLDEST
from imports.demo.sources import AGE_GROUPS, NOTED_TOWNS, POPULATION, Source, bounds
from imports.demo.towns import towns_of
from tests.simulations.worlds import Floats, Ints, World, both_ways, choose, pairs_in_runs

AGES = np.array([first for first, _ in AGE_GROUPS.values()][1:])
CHANNELS = list(POPULATION.channels)
KINDS = ("single", "flatmates", "couple", "family")
# A couple, three children, one of the grandparents.
SLOTS = 6
DELIVERIES = 3
JOINS = np.array(list(POPULATION.joins_circle.values()))
PULL = np.array([channel.pull for channel in POPULATION.channels.values()])
REACH = np.array([[channel.reach[group] for channel in POPULATION.channels.values()] for group in AGE_GROUPS])


@dataclass(frozen=True)
class Towns:
    """The towns of one source: each one's city, weight and pull."""

    city: Ints
    weight: Floats
    pull: Floats


@cache
def towns(seed: int) -> tuple[dict[str, Towns], int]:
    """The towns that the demo of `seed` draws, by source, and how many cities they are."""
    numbers: dict[str, int] = {}
    found = {}
    for source in POPULATION.sources:
        drawn = towns_of(source, Dice(f"{seed}:{source.name}"))
        noted = [f"noted {place}" for place in range(len(NOTED_TOWNS))]
        names = noted + [town.name for town in drawn.items[len(noted) :]]
        found[source.name] = Towns(
            np.array([numbers.setdefault(name, len(numbers)) for name in names]),
            np.diff(np.array([0, *drawn.totals])).astype(np.float64),
            np.array([town.pull for town in drawn.items]),
        )
    return found, len(numbers)


@dataclass(frozen=True)
class People:
    """Residents of one source in the order of their households."""

    household: Ints
    town: Ints
    age_group: Ints
    channel: Ints
    gender: Ints
    related: Ints
    names_itself: Ints

    def chosen(self, which: Ints) -> "People":
        return People(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, others: "People") -> "People":
        pairs = ((getattr(self, field.name), getattr(others, field.name)) for field in fields(self))
        return People(*(np.concatenate(pair) for pair in pairs))


def draw_demo(rng: np.random.Generator, *, residents: int = 10_000, towns_seed: int = 1) -> World:
    """The current picture after `DELIVERIES` of each source: the last ones hold `residents`."""
    places, cities = towns(towns_seed)
    parts, friends, start = [], [], 0
    for source in POPULATION.sources:
        people, pairs = _live(source, places[source.name], last_sizes(residents)[source.name], rng)
        parts.append(replace(people, town=places[source.name].city[people.town]))
        friends.append(np.array(pairs) + start)
        start += len(people.town)
    return _world(parts, np.concatenate(friends, axis=1), cities)


def _world(parts: list[People], friends: Ints, cities: int) -> World:
    people = parts[0]
    for part in parts[1:]:
        people = people.joined(replace(part, household=part.household + people.household.max() + 1))
    first, second = _relatives(people)
    one, other = both_ways(np.concatenate([first, friends[0]]), np.concatenate([second, friends[1]]))
    courses = np.bincount(one, minlength=len(people.town)) + people.names_itself
    keys = {"city": people.town, "age_group": people.age_group, "channel": people.channel, "gender": people.gender}
    sizes = {"city": cities, "age_group": len(AGE_GROUPS), "channel": len(CHANNELS), "gender": 2}
    return World(keys, sizes, courses, one, other)


def _relatives(people: People) -> tuple[Ints, Ints]:
    first, second = pairs_in_runs(people.household, SLOTS)
    related = people.related[first] == 1
    return first[related], second[related]


def _live(source: Source, places: Towns, last: int, rng: np.random.Generator) -> tuple[People, tuple[Ints, Ints]]:
    """The residents of one source after all its deliveries, and its pairs of friends."""
    none = np.zeros(0, dtype=np.int64)
    people, friends = People(*[none] * len(fields(People))), (none, none)
    for number in range(1, DELIVERIES + 1):
        size = max(1, last * (100 - GROWTH_PERCENT * (DELIVERIES - number)) // 100)
        people, friends = _leave(people, friends, rng)
        changing = rng.random(len(people.town)) < CHANGES_CHANNEL
        people = replace(people, channel=np.where(changing, _channels(people.age_group, rng), people.channel))
        eager, settled = np.flatnonzero(rng.random(len(people.town)) < MAKES_NEW_FRIENDS), len(people.town)
        people = people.joined(_settle(source, places, size - settled, people.household.max(initial=-1) + 1, rng))
        friends = _befriend(people, friends, np.concatenate([eager, np.arange(settled, size)]), places.pull, rng)
    return people, friends


def _leave(people: People, friends: tuple[Ints, Ints], rng: np.random.Generator) -> tuple[People, tuple[Ints, Ints]]:
    gone = rng.random(people.household.max(initial=-1) + 1) < LEAVES
    stays = ~gone[people.household]
    both = stays[friends[0]] & stays[friends[1]]
    place = np.cumsum(stays) - 1
    return people.chosen(np.flatnonzero(stays)), (place[friends[0][both]], place[friends[1][both]])


def _settle(source: Source, places: Towns, room: int, first: int, rng: np.random.Generator) -> People:
    """New households of `room` people together, numbered from `first`."""
    town = choose(places.weight, room, rng)
    groups = np.array([bounds(group) for group in source.adults])
    drawn = choose(np.array(list(source.adults.values()), dtype=np.float64), room, rng)
    age = rng.integers(groups[drawn, 0], groups[drawn, 1] + 1)
    kinds = np.array([[weights[kind] for kind in KINDS] for weights in POPULATION.households.values()])
    stage = (age >= MIDDLE).astype(np.int64) + (age >= OLD)
    kind = (rng.random(room)[:, None] * 100 >= np.cumsum(kinds, axis=1)[stage]).sum(axis=1)
    ages, genders, present = _members(age, kind, rng)
    household, slot = (places[:room] for places in np.nonzero(present))
    age_group = np.searchsorted(AGES, ages[household, slot], side="right")
    related = (kind[household] != KINDS.index("flatmates")).astype(np.int64)
    itself = related * (rng.random(room) < NAMES_ITSELF)
    channels = _channels(age_group, rng)
    return People(household + first, town[household], age_group, channels, genders[household, slot], related, itself)


def _members(age: Ints, kind: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Ages, genders and whether there is anybody, by household and place in it."""
    number = len(age)
    flatmates, couple, family = (kind == KINDS.index(name) for name in KINDS[1:])
    genders = rng.integers(0, 2, (number, SLOTS))
    genders[:, 1] = np.where(flatmates, genders[:, 1], 1 - genders[:, 0])
    ages = np.repeat(age[:, None], SLOTS, axis=1)
    partner = np.clip(age + rng.integers(-5, 5, number), ADULT, OLDEST)
    present = np.zeros((number, SLOTS), dtype=np.int64)
    present[:, 0] = 1
    present[:, 1] = flatmates | couple | (family & (rng.random(number) >= 0.2))
    ages[:, 1] = partner
    youngest = np.where(present[:, 1] == 1, np.minimum(age, partner), age)
    oldest = np.minimum(LEAVES_HOME, youngest - ADULT)
    least = np.minimum(oldest, np.maximum(0, youngest - 38))
    children = rng.choice([1, 1, 2, 2, 2, 3], number) * family
    for slot in range(3):
        present[:, 2 + slot] = slot < children
        ages[:, 2 + slot] = rng.integers(least, oldest + 1)
    present[:, 5] = family & (rng.random(number) < 0.12)
    ages[:, 5] = np.minimum(OLDEST, age + rng.integers(22, 37, number))
    mates = rng.integers(2, 5, number)
    for slot in range(4):
        present[:, slot] = np.where(flatmates, slot < mates, present[:, slot])
        ages[:, slot] = np.where(flatmates, np.maximum(ADULT, age + rng.integers(-2, 3, number)), ages[:, slot])
    return ages, genders, present


def _channels(age_group: Ints, rng: np.random.Generator) -> Ints:
    totals = np.cumsum(REACH, axis=1)
    drawn = rng.random(len(age_group)) * totals[age_group, -1]
    channels: Ints = (drawn[:, None] >= totals[age_group]).sum(axis=1)
    return channels


def _befriend(
    people: People, friends: tuple[Ints, Ints], who: Ints, pull: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Gathers some of `who` in circles by town and age group, and adds most pairs of each circle to `friends`."""
    towns, groups = people.town[who], people.age_group[who]
    likely = np.minimum(LIKELIEST, JOINS[groups] * pull[towns] * PULL[people.channel[who]])
    joins = rng.random(len(who)) < likely
    who, gathering = who[joins], (towns * len(AGE_GROUPS) + groups)[joins]
    order = np.lexsort((rng.random(len(who)), gathering))
    who, gathering = who[order], gathering[order]
    first, second = pairs_in_runs(_circles(gathering, rng), CIRCLE_SIZES[1])
    acquainted = rng.random(len(first)) < ACQUAINTED
    low, high = np.sort(np.array([who[first[acquainted]], who[second[acquainted]]]), axis=0)
    size = len(people.town)
    related = _relatives(people)
    known = np.concatenate([related[0], friends[0]]) * size + np.concatenate([related[1], friends[1]])
    new = np.setdiff1d(low * size + high, known)
    return np.concatenate([friends[0], new // size]), np.concatenate([friends[1], new % size])


def _circles(gathering: Ints, rng: np.random.Generator) -> Ints:
    """Cuts gatherings, whose numbers ascend, into circles; numbers them, ascending."""
    _, starts, group, sizes = np.unique(gathering, return_index=True, return_inverse=True, return_counts=True)
    place = np.arange(len(gathering)) - starts[group]
    most = -(-int(sizes.max(initial=1)) // CIRCLE_SIZES[0])
    ends = np.cumsum(rng.integers(CIRCLE_SIZES[0], CIRCLE_SIZES[1] + 1, (len(starts), most)), axis=1)
    circles: Ints = group * (most + 1) + (place[:, None] >= ends[group]).sum(axis=1)
    return circles
