"""The residents whom one source knows, from delivery to delivery."""

from datetime import date

from imports.demo.dice import Dice, Weighted
from imports.demo.friends import befriend
from imports.demo.households import Household, draw_household
from imports.demo.people import Home, Person, draw_channel, draw_home, draw_person
from imports.demo.sources import Source, bounds
from imports.demo.towns import towns_of

LEAVES = 0.05
CHANGES_CHANNEL = 0.03
MAKES_NEW_FRIENDS = 0.08
NAMES_ITSELF = 0.01


class Community:
    """Residents of one source, ordered by id. An id is never given twice."""

    def __init__(self, source: Source, *, seed: int) -> None:
        """Nobody yet."""
        self.dice = Dice(f"{seed}:{source.name}")
        self.towns = towns_of(source, self.dice)
        self.ages = Weighted(source.adults)
        self.people: list[Person] = []
        self.next_id = 1
        self.households = 0

    def advance(self, *, size: int, as_of: date) -> None:
        """Households leave, others come until there are `size` residents on the day `as_of`."""
        self.leave()
        for person in self.people:
            if self.dice.chance(CHANGES_CHANNEL):
                person.channel = draw_channel(person.age_group, self.dice)
        sociable = [person for person in self.people if self.dice.chance(MAKES_NEW_FRIENDS)]
        settled = len(self.people)
        while len(self.people) < size:
            self.settle(room=size - len(self.people), as_of=as_of)
        befriend(sociable + self.people[settled:], self.dice)

    def leave(self) -> None:
        """Some households go; nobody keeps a friend among them."""
        gone = {household for household in range(self.households) if self.dice.chance(LEAVES)}
        self.people = [person for person in self.people if person.household not in gone]
        present = {person.citizen_id for person in self.people}
        for person in self.people:
            person.friends = [friend for friend in person.friends if friend in present]

    def settle(self, *, room: int, as_of: date) -> None:
        """One household comes, of at most `room` people."""
        town = self.towns.draw(self.dice)
        age = self.dice.between(*bounds(self.ages.draw(self.dice)))
        household = draw_household(age, town.region, self.dice)
        members = self.draw_members(household, draw_home(town, self.dice), room=room, as_of=as_of)
        if household.related:
            self.relate(members)
        self.people += members
        self.next_id += len(members)
        self.households += 1

    def draw_members(self, household: Household, home: Home, *, room: int, as_of: date) -> list[Person]:
        """The people of a household, without relations."""
        return [
            draw_person(
                citizen_id=citizen_id, household=self.households, home=home, member=member, as_of=as_of, dice=self.dice
            )
            for citizen_id, member in enumerate(household.members[:room], start=self.next_id)
        ]

    def relate(self, members: list[Person]) -> None:
        """Makes all of a household relatives; once in a while somebody books for himself too."""
        ids = [person.citizen_id for person in members]
        for person in members:
            names_itself = self.dice.chance(NAMES_ITSELF)
            person.relatives = [other for other in ids if names_itself or other != person.citizen_id]
