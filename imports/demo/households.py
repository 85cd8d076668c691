"""Households: singles, flatmates, couples, families, some with a grandparent."""

from collections.abc import Callable
from dataclasses import dataclass

from imports.demo.dice import Dice, Weighted
from imports.demo.people import Member, Surname
from imports.demo.sources import FEMALE, MALE, POPULATION, Region

KINDS = {stage: Weighted(weights) for stage, weights in POPULATION.households.items()}
GENDERS = (FEMALE, MALE)
OTHER_GENDER = {FEMALE: MALE, MALE: FEMALE}
ADULT = 18
LEAVES_HOME = 26
MIDDLE = 30
OLD = 60
OLDEST = 97


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives together, and whether they are relatives."""

    members: list[Member]
    related: bool


def draw_household(age: int, region: Region, dice: Dice) -> Household:
    """A household whose first adult has `age` full years."""
    stage = "young" if age < MIDDLE else "middle" if age < OLD else "old"
    kind = KINDS[stage].draw(dice)
    return Household(BUILDERS[kind](age, region, dice), related=kind != "flatmates")


def single(age: int, region: Region, dice: Dice) -> list[Member]:
    """One person."""
    return [Member(age, dice.pick(GENDERS), draw_surnames(region, dice))]


def flatmates(age: int, region: Region, dice: Dice) -> list[Member]:
    """Two to four people of about one age who are no relatives."""
    return [single(max(ADULT, age + dice.between(-2, 2)), region, dice)[0] for _ in range(dice.between(2, 4))]


def couple(age: int, region: Region, dice: Dice) -> list[Member]:
    """Two people of about one age."""
    first = single(age, region, dice)[0]
    partner_age = min(OLDEST, max(ADULT, age + dice.between(-5, 4)))
    # Spouses share a surname only where the family has one.
    surnames = first.surnames if region.surnames_from == "the family" else draw_surnames(region, dice)
    return [first, Member(partner_age, OTHER_GENDER[first.gender], surnames)]


def family(age: int, region: Region, dice: Dice) -> list[Member]:
    """A couple or one parent with one to three children, and sometimes a grandparent."""
    parents = couple(age, region, dice)[: 1 if dice.chance(0.2) else 2]
    children = [child(parents, dice) for _ in range(dice.pick((1, 1, 2, 2, 2, 3)))]
    return [*parents, *children, *(grandparents(parents[0], dice) if dice.chance(0.12) else [])]


def child(parents: list[Member], dice: Dice) -> Member:
    """A child who still lives at home: 18 to 38 years younger than the younger parent."""
    youngest = min(parent.age for parent in parents)
    oldest_child = min(LEAVES_HOME, youngest - ADULT)
    age = dice.between(min(oldest_child, max(0, youngest - 38)), oldest_child)
    first, second = parents[0].surnames, parents[-1].surnames
    return Member(age, dice.pick(GENDERS), first if first == second else (first[0], second[0]))


def grandparents(parent: Member, dice: Dice) -> list[Member]:
    """The mother or father of `parent`, who lives with the family."""
    return [Member(min(OLDEST, parent.age + dice.between(22, 36)), dice.pick(GENDERS), parent.surnames)]


def draw_surnames(region: Region, dice: Dice) -> tuple[Surname, ...]:
    """Two surnames where people take one from each parent, one elsewhere."""
    number = 2 if region.surnames_from == "both parents" else 1
    return tuple(dice.pick(region.surnames) for _ in range(number))


BUILDERS: dict[str, Callable[[int, Region, Dice], list[Member]]] = {
    "single": single,
    "flatmates": flatmates,
    "couple": couple,
    "family": family,
}
