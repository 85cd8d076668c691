"""The deliveries of a load run, and what it holds against the answers."""

from datetime import date
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.documents.reader import read_document
from tests.imports.documents.builders import RULES
from tests.load.deliveries import LARGEST, SMALLEST, ages, make_bodies, one_sided, percentile


def test_deliveries_are_of_all_sizes_and_have_no_one_sided_relation() -> None:
    bodies = make_bodies(3)
    assert [body.size for body in bodies] == [SMALLEST, 1_000, LARGEST]
    for body in bodies[:2]:
        residents = msgspec.json.decode(body.json)["citizens"]
        assert len(read_document(body.json, max_citizens=LARGEST, rules=RULES)) == len(residents) == body.size
        assert one_sided(residents) == []
        assert sum(len(resident["relatives"]) for resident in residents) > body.size


def resident(number: int, *, relatives: Any = (), friends: Any = ()) -> dict[str, Any]:
    return {"citizen_id": number, "relatives": relatives, "friends": friends}


def test_a_relation_that_only_one_side_names_is_found() -> None:
    assert one_sided([resident(1, relatives=[2]), resident(2)]) == [(1, 2)]


def test_a_relative_who_says_friend_is_one_sided_twice() -> None:
    assert one_sided([resident(1, relatives=[2]), resident(2, friends=[1])]) == [(1, 2), (2, 1)]


def test_naming_oneself_is_not_one_sided() -> None:
    assert one_sided([resident(1, relatives=[1])]) == []


def test_who_has_a_birthday_tomorrow_is_a_year_younger() -> None:
    residents = [{"town": "Kyiv", "birth_date": text} for text in ("20.11.2000", "21.11.2000", "22.11.2000")]
    assert ages(residents, today=date(2026, 11, 21)) == {"Kyiv": [26, 26, 25]}


@given(st.lists(st.integers(0, 120), min_size=1), st.sampled_from([50, 75, 99]))
def test_percentiles_are_those_of_numpy(values: list[int], percent: int) -> None:
    assert percentile(values, percent) == pytest.approx(np.percentile(values, percent))
