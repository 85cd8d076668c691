"""One invented resident."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from imports.demo.dice import Dice, Weighted
from imports.demo.sources import FEMALE, MALE, POPULATION, Region, age_group
from imports.demo.towns import Town
from imports.fields import LISTS, NAMES, UNKNOWN_CHANNEL, written

CHANNELS = {
    group: Weighted({name: channel.reach[group] for name, channel in POPULATION.channels.items()})
    for group in POPULATION.joins_circle
}
_OF_A_HOME = ("town", "street", "building", "apartment")
Surname = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Home:
    """An address."""

    town: Town
    street: str
    building: str
    apartment: int


@dataclass(frozen=True, slots=True)
class Member:
    """A place in a household: age in full years, gender, surnames."""

    age: int
    gender: str
    surnames: tuple[Surname, ...]


@dataclass(slots=True, eq=False)
class Person:
    """A resident. `age_group` is the one at the first delivery that holds the person."""

    citizen_id: int
    home: Home
    name: str
    birth_date: date
    gender: str
    age_group: str
    channel: str
    household: int
    relatives: list[int] = field(default_factory=list)
    friends: list[int] = field(default_factory=list)

    def as_citizen(self) -> dict[str, object]:
        """The resident as a delivery writes it; without a channel where that is unknown."""
        values = written(self, (name for name in NAMES if name not in _OF_A_HOME))
        values |= {name: sorted(values[name]) for name in LISTS}
        values |= {"town": self.home.town.name} | {name: getattr(self.home, name) for name in _OF_A_HOME[1:]}
        return {name: values[name] for name in NAMES if values[name] != UNKNOWN_CHANNEL}


def draw_home(town: Town, dice: Dice) -> Home:
    """An address in `town`."""
    building = f"{dice.between(1, 180)}{dice.pick(('', '', '', '', 'A', 'B', '/2'))}"
    apartment = dice.between(1, 120) if dice.chance(0.8) else 0
    return Home(town, dice.pick(town.region.streets), building, apartment)


def draw_birth_date(age: int, as_of: date, dice: Dice) -> date:
    """A date of birth that makes somebody `age` full years old on the day `as_of`."""
    leap_days = age // 4
    return as_of - timedelta(days=age * 365 + leap_days + dice.between(1, 363))


def draw_channel(group: str, dice: Dice) -> str:
    """A channel that reaches the age group."""
    return CHANNELS[group].draw(dice)


def draw_name(region: Region, gender: str, surnames: Sequence[Surname], dice: Dice) -> str:
    """A given name, then the surnames in the form of the gender."""
    given = dice.pick(region.male if gender == MALE else region.female)
    forms = [surname if isinstance(surname, str) else surname[gender == FEMALE] for surname in surnames]
    return " ".join([given, *forms])


def draw_person(*, citizen_id: int, household: int, home: Home, member: Member, as_of: date, dice: Dice) -> Person:
    """The resident that a member of a household becomes."""
    group = age_group(member.age)
    return Person(
        citizen_id=citizen_id,
        home=home,
        name=draw_name(home.town.region, member.gender, member.surnames, dice),
        birth_date=draw_birth_date(member.age, as_of, dice),
        gender=member.gender,
        age_group=group,
        channel=draw_channel(group, dice),
        household=household,
    )
