"""Circles of friends: people of one town and one age group."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from imports.demo.dice import Dice
from imports.demo.people import Person
from imports.demo.sources import POPULATION

LIKELIEST = 0.95
CIRCLE_SIZES = (4, 9)
ACQUAINTED = 0.8


def befriend(people: Iterable[Person], dice: Dice) -> None:
    """Gathers some of `people` in circles and makes most of each circle friends, both ways."""
    for gathering in gatherings(people, dice):
        for circle in circles(dice.shuffled(gathering), dice):
            for one, other in combinations(circle, 2):
                if other.citizen_id not in one.relatives + one.friends and dice.chance(ACQUAINTED):
                    one.friends.append(other.citizen_id)
                    other.friends.append(one.citizen_id)


def gatherings(people: Iterable[Person], dice: Dice) -> list[list[Person]]:
    """Those who like to gather, by town and age group."""
    found: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        if dice.chance(sociability(person)):
            found.setdefault((person.home.town.name, person.age_group), []).append(person)
    return list(found.values())


def circles(people: list[Person], dice: Dice) -> Iterator[list[Person]]:
    """Cuts `people` into circles."""
    while people:
        size = dice.between(*CIRCLE_SIZES)
        yield people[:size]
        people = people[size:]


def sociability(person: Person) -> float:
    """The probability that a person joins a circle: by age, more in some towns and channels."""
    pull = person.home.town.pull * POPULATION.channels[person.channel].pull
    return min(LIKELIEST, POPULATION.joins_circle[person.age_group] * pull)
