"""Finding residents of one delivery by the beginning of a name, by parts of towns and channels, by age and gender."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import example, given, settings
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
        begun, part, whole = spelt(name[:length]), spelt(name[-length:]), spelt(name)
        begin = {number for number, other in enumerate(NAMES, 1) if fold(other).startswith(fold(begun))}
        inside = {number for number, other in enumerate(NAMES, 1) if fold(part) in fold(f"{other} town")}
        either = {
            number for number, other in enumerate(NAMES, 1) if any(fold(one) in fold(other) for one in (part, whole))
        }
        assert self.found(towns=(part,)) == (inside if fold(part) else set())
        assert self.found(channels=(part, whole)) == (either if fold(part) else self.found(channels=(whole,)))
        if not begun.isdigit():
            assert self.found(who=begun) == (begin if fold(begun) else set())

    def found(self, **wanted: Any) -> set[int]:
        rows = matching_residents(import_id=self.import_id, wanted=Wanted(**wanted))
        return set(rows.values_list("citizen_id", flat=True))


@pytest.mark.django_db
def test_nobody_asked_for_is_everybody() -> None:
    import_id = load(people(3))
    assert matching_residents(import_id=import_id, wanted=Wanted()).count() == 3


@pytest.mark.django_db
def test_the_exact_spelling_of_a_name_comes_first_and_then_another_case() -> None:
    residents = people(4)
    for resident, name in zip(residents, ("Ána Ab", "ANA AB", "ana b", "Ana Ab"), strict=True):
        resident |= {"name": name}
    import_id = load(residents)
    numbers = {
        words: [row.citizen_id for row in matching_residents(import_id=import_id, wanted=Wanted(who=words))]
        for words in ("Ana", "Ána")
    }
    assert numbers == {"Ana": [4, 2, 3, 1], "Ána": [1, 2, 3, 4]}
    assert [row.citizen_id for row in suggested_residents(import_id=import_id, who="Ana")] == [4, 2, 3, 1]


@pytest.mark.django_db
def test_a_whole_name_comes_before_those_that_begin_with_it() -> None:
    residents = people(3)
    for resident, name in zip(residents, ("Ana Abad", "ANA AB", "Ana Ab"), strict=True):
        resident |= {"name": name}
    import_id = load(residents)
    assert [row.citizen_id for row in matching_residents(import_id=import_id, wanted=Wanted(who="Ana Ab"))] == [3, 2, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", [Wanted(who="'"), Wanted(towns=(" - ",)), Wanted(channels=("\u202b",))])
def test_what_says_nothing_finds_nobody(wanted: Wanted) -> None:
    assert not matching_residents(import_id=load(people(3)), wanted=wanted).exists()


BORN = (date(2004, 2, 29), date(2004, 2, 28), date(2005, 2, 28), date(2005, 3, 1), date(2026, 1, 1), date(1999, 12, 31))


class TestAges(TestCase):
    import_id: int

    @classmethod
    def setUpTestData(cls) -> None:
        residents = people(len(BORN))
        for number, (resident, born) in enumerate(zip(residents, BORN, strict=True)):
            resident |= {"birth_date": f"{born:%d.%m.%Y}", "gender": ("female", "male")[number % 2]}
        cls.import_id = load(residents)

    @settings(deadline=None)
    @given(
        st.sampled_from([date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 29), date(2026, 11, 28)]),
        st.none() | st.integers(15, 27),
        st.none() | st.integers(15, 27),
        st.sets(st.sampled_from(["female", "male"])),
    )
    @example(date(2023, 2, 28), 18, 18, set())
    @example(date(2024, 2, 29), 19, 19, set())
    @example(date(2024, 2, 29), None, 0, set())
    def test_they_are_full_years_as_postgresql_has_them(
        self, day: date, first: int | None, last: int | None, genders: set[str]
    ) -> None:
        wanted = Wanted(ages=(first, last), genders=tuple(genders), day=day)
        found = matching_residents(import_id=self.import_id, wanted=wanted).values_list("citizen_id", flat=True)
        sql = "SELECT citizen_id, date_part('year', age(%s, birth_date)), gender FROM imports_citizen"
        with connection.cursor() as cursor:
            cursor.execute(sql, [day])
            rows = cursor.fetchall()
        expected = {
            number
            for number, age, gender in rows
            if (first or 0) <= max(age, 0) <= (200 if last is None else last) and gender in (genders or {gender})
        }
        assert set(found) == expected
