"""Percentiles of full years of age by town, against numpy."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.common.problems import NotFound
from imports.models import Import
from imports.services.residents.age_percentiles import age_percentiles
from tests.effort import tries
from tests.factories import TOWNS, people
from tests.imports.world import load

pytestmark = pytest.mark.django_db

LEAP_DAY = date(2000, 2, 29)
BIRTHS = st.dates(date(1900, 1, 1), date(2026, 1, 1)) | st.sampled_from([LEAP_DAY, date(2024, 2, 29), date(1, 1, 1)])
TODAYS = st.dates(date(2026, 1, 1), date(2032, 12, 31)) | st.sampled_from([date(2028, 2, 28), date(2028, 2, 29)])


def full_years(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def naively(births: list[tuple[str, date]], today: date) -> list[dict[str, Any]]:
    rows = []
    for town in sorted({town for town, _ in births}):
        ages = [full_years(born, today) for where, born in births if where == town]
        p50, p75, p99 = (round(float(value), 2) for value in np.percentile(ages, [50, 75, 99]))
        rows.append({"town": town, "p50": p50, "p75": p75, "p99": p99})
    return rows


def load_births(births: list[tuple[str, date]]) -> int:
    citizens = people(len(births))
    for citizen, (town, born) in zip(citizens, births, strict=True):
        citizen |= {"town": town, "birth_date": f"{born:%d.%m}.{born.year:04}"}
    return load(citizens)


@settings(
    deadline=None, derandomize=True, max_examples=tries(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(births=st.lists(st.tuples(st.sampled_from(TOWNS[:5]), BIRTHS), min_size=1, max_size=40), today=TODAYS)
@example(births=[("Kyiv", LEAP_DAY)], today=date(2027, 2, 28))
@example(births=[("Kyiv", LEAP_DAY)], today=date(2027, 3, 1))
@example(births=[("Kyiv", LEAP_DAY)], today=date(2028, 2, 29))
@example(births=[("Kyiv", date(2026, 1, 1))], today=date(2026, 1, 1))
def test_percentiles_are_numpys(births: list[tuple[str, date]], today: date) -> None:
    assert age_percentiles(import_id=load_births(births), today=today) == naively(births, today)


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(2026, 3, 5), date(2026, 3, 5), 0),
        (date(2025, 3, 5), date(2026, 3, 4), 0),
        (date(2025, 3, 5), date(2026, 3, 5), 1),
        (LEAP_DAY, date(2027, 2, 28), 26),
        (LEAP_DAY, date(2027, 3, 1), 27),
        (date(1, 1, 1), date(2026, 12, 31), 2025),
    ],
)
def test_ages_are_full_years(born: date, today: date, age: int) -> None:
    rows = age_percentiles(import_id=load_births([("Kyiv", born)]), today=today)
    assert rows == [{"town": "Kyiv", "p50": age, "p75": age, "p99": age}]


def test_towns_are_ordered_by_code_point() -> None:
    births = [(town, LEAP_DAY) for town in TOWNS]
    rows = age_percentiles(import_id=load_births(births), today=date(2026, 1, 1))
    assert [row["town"] for row in rows] == sorted(TOWNS)
    assert sorted(TOWNS) != sorted(TOWNS, key=str.casefold)


def test_values_between_ages_are_interpolated_to_two_decimals() -> None:
    births = [("Kyiv", date(2000 + years, 1, 1)) for years in (0, 1, 3, 26)]
    rows = age_percentiles(import_id=load_births(births), today=date(2026, 6, 1))
    assert rows == [{"town": "Kyiv", "p50": 24.0, "p75": 25.25, "p99": 25.97}]


def test_an_import_without_residents_has_no_towns() -> None:
    load(people(3))
    assert age_percentiles(import_id=load([]), today=date(2026, 1, 1)) == []


def test_an_import_that_was_deleted_meanwhile_is_not_half_counted() -> None:
    import_id = load(people(2))
    Import.objects.update(deleted_at=timezone.now())
    with pytest.raises(NotFound):
        age_percentiles(import_id=import_id, today=date(2026, 1, 1))
