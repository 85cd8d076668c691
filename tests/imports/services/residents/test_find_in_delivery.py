"""Finding residents of one delivery by the beginning of a name or a town, or by a channel, in any case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from imports.services.residents.find_in_delivery import Wanted, matching_residents
from tests.factories import people
from tests.imports.world import load

# Letters with relatives: an i without its dot, a long s, a letter whose upper case is two.
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
]


def upper(text: str) -> str:
    """As PostgreSQL has it: a letter becomes one letter."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)


class TestAgainstANaiveSearch(TestCase):
    import_id: int

    @classmethod
    def setUpTestData(cls) -> None:
        residents = people(len(NAMES))
        for resident, name in zip(residents, NAMES, strict=True):
            resident |= {"name": name, "town": f"{name} town", "channel": name}
        cls.import_id = load(residents)

    @given(st.sampled_from(NAMES), st.integers(1, 4), st.sampled_from([str, str.upper, str.lower, str.swapcase]))
    def test_the_same_are_found(self, name: str, length: int, spelt: type[str]) -> None:
        begun, whole = spelt(name[:length]), spelt(name)
        begin = [number for number, other in enumerate(NAMES, 1) if upper(other).startswith(upper(begun))]
        same = [number for number, other in enumerate(NAMES, 1) if upper(other) == upper(whole)]
        assert self.found(town=begun) == begin
        assert self.found(channel=whole) == same
        if not begun.isdigit():
            assert self.found(who=begun) == begin

    def found(self, **wanted: str) -> list[int]:
        rows = matching_residents(import_id=self.import_id, wanted=Wanted(**wanted))
        return list(rows.values_list("citizen_id", flat=True))


@pytest.mark.django_db
def test_nobody_asked_for_is_everybody() -> None:
    import_id = load(people(3))
    assert matching_residents(import_id=import_id, wanted=Wanted()).count() == 3
