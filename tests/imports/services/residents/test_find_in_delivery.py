"""Finding residents of one delivery by the beginning of a name or a town, or by a channel, as people type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from config.common.folding import fold
from imports.services.residents.find_in_delivery import Wanted, matching_residents, suggested_residents
from tests.factories import people
from tests.imports.world import load

# Letters with relatives: an i without its dot, a long s, a letter whose upper case is two; what does not count.
NAMES = [
    "Irma",
    "irma",
    "ırma",
    "IRMA",
    "Sára",
    "ſára",
    "ßeta",
    "Émile",
    "émile",
    "Emile",
    "Юлия",
    "юлия",
    "1st",
    "%a",
    "_b",
    "O'Person",
    "O’Person",
    "\u202bOʼPerson\u202c",
    "Jean-Luc  b",
    "jean luc b",
    "E\u0301mile",
]


class TestAgainstANaiveSearch(TestCase):
    import_id: int

    @classmethod
    def setUpTestData(cls) -> None:
        residents = people(len(NAMES))
        for resident, name in zip(residents, NAMES, strict=True):
            resident |= {"name": name, "town": f"{name} town", "channel": name}
        cls.import_id = load(residents)

    @settings(deadline=None)
    @given(st.sampled_from(NAMES), st.integers(1, 4), st.sampled_from([str, str.upper, str.lower, str.swapcase]))
    def test_the_same_are_found(self, name: str, length: int, spelt: type[str]) -> None:
        begun, whole = spelt(name[:length]), spelt(name)
        begin = {number for number, other in enumerate(NAMES, 1) if fold(other).startswith(fold(begun))}
        same = {number for number, other in enumerate(NAMES, 1) if fold(other) == fold(whole)}
        assert self.found(town=begun) == (begin if fold(begun) else set())
        assert self.found(channel=whole) == same
        if not begun.isdigit():
            assert self.found(who=begun) == (begin if fold(begun) else set())

    def found(self, **wanted: str) -> set[int]:
        rows = matching_residents(import_id=self.import_id, wanted=Wanted(**wanted))
        return set(rows.values_list("citizen_id", flat=True))


@pytest.mark.django_db
def test_nobody_asked_for_is_everybody() -> None:
    import_id = load(people(3))
    assert matching_residents(import_id=import_id, wanted=Wanted()).count() == 3


@pytest.mark.django_db
def test_the_exact_spelling_of_a_name_or_town_comes_first_and_then_another_case() -> None:
    residents = people(4)
    for resident, name in zip(residents, ("Ána Ab", "ANA AB", "ana b", "Ana Ab"), strict=True):
        resident |= {"name": name, "town": name, "channel": name}
    import_id = load(residents)
    numbers = {
        words: [
            [row.citizen_id for row in matching_residents(import_id=import_id, wanted=wanted)]
            for wanted in (Wanted(who=words), Wanted(town=words), Wanted(channel=f"{words} Ab"))
        ]
        for words in ("Ana", "Ána")
    }
    assert numbers == {"Ana": [[4, 2, 3, 1], [4, 2, 3, 1], [1, 2, 4]], "Ána": [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 4]]}
    assert [row.citizen_id for row in suggested_residents(import_id=import_id, who="Ana")] == [4, 2, 3, 1]


@pytest.mark.django_db
def test_a_whole_name_comes_before_those_that_begin_with_it() -> None:
    residents = people(3)
    for resident, name in zip(residents, ("Ana Abad", "ANA AB", "Ana Ab"), strict=True):
        resident |= {"name": name, "town": name}
    import_id = load(residents)
    for wanted in (Wanted(who="Ana Ab"), Wanted(town="Ana Ab")):
        assert [row.citizen_id for row in matching_residents(import_id=import_id, wanted=wanted)] == [3, 2, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [Wanted(who="'"), Wanted(town=" - "), Wanted(channel="\u202b")])
def test_what_says_nothing_finds_nobody(wanted: Wanted) -> None:
    assert not matching_residents(import_id=load(people(3)), wanted=wanted).exists()
