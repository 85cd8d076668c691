"""Age groups: full years of age as PostgreSQL's `age` has them."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.dimensions import AgeGroups
from tests.analytics.naive import group_of
from tests.effort import tries

BOUNDS = (0, 1, 18, 65)


@pytest.mark.django_db
@given(
    st.dates(date(1900, 1, 1), date(2030, 12, 31)) | st.sampled_from([date(2004, 2, 29), date(2007, 3, 1)]),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)) | st.sampled_from([date(2025, 2, 28), date(2028, 2, 29)]),
)
@settings(deadline=None, derandomize=True, max_examples=tries(300))
def test_groups_are_cut_at_birthdays_as_the_age_percentiles_have_them(born: date, day: date) -> None:
    groups = AgeGroups(BOUNDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT width_bucket(%s::date, %s::date[]), date_part('year', age(%s::date, %s::date))",
            [born, groups.births(day), day, born],
        )
        before_last, years = cursor.fetchone()
    position = len(BOUNDS) - 1 - before_last
    assert position == max(0, sum(bound <= years for bound in BOUNDS) - 1) == group_of(born, day, groups)


@pytest.mark.django_db
@pytest.mark.parametrize("bounds", [(0,), (0, 2020, 32_767)])
def test_one_group_and_ages_that_nobody_reaches_are_counted_too(bounds: tuple[int, ...]) -> None:
    births = AgeGroups(bounds).births(date(2026, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT width_bucket('0001-01-01'::date, %s::date[])", [births])
        assert cursor.fetchone()[0] == {1: 0, 3: 1}[len(bounds)]


@pytest.mark.parametrize("bounds", [(), (1, 2), (0, 5, 5), (0, 9, 3)])
def test_bounds_begin_at_zero_and_ascend(bounds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="begin at 0"):
        AgeGroups(bounds)


def test_labels_say_the_ages() -> None:
    assert AgeGroups((0, 18, 19, 65)).labels == ("0-17", "18", "19-64", "65+")
