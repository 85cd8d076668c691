"""One invented resident."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from imports.demo.dice import Dice, Weighted
from imports.demo.sources import FEMALE, MALE, POPULATION, Region, age_group
from imports.demo.towns import Town
from imports.documents.dates import format_birth_date
from imports.documents.structs import UNKNOWN_CHANNEL

CHANNELS = {
    group: Weighted({name: channel.reach[group] for name, channel in POPULATION.channels.items()})
    for group in POPULATION.joins_circle
}
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
        citizen: dict[str, object] = {
            "citizen_id": self.citizen_id,
            "town": self.home.town.name,
            "street": self.home.street,
            "building": self.home.building,
            "apartment": self.home.apartment,
            "name": self.name,
            "birth_date": format_birth_date(self.birth_date),
            "gender": self.gender,
            "relatives": sorted(self.relatives),
            "friends": sorted(self.friends),
        }
        return citizen if self.channel == UNKNOWN_CHANNEL else citizen | {"channel": self.channel}


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
