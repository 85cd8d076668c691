"""How demand is counted now, and how what is shown was counted."""

import pytest

from analytics.models import DemandSettings
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import Counting, counting, counting_of_picture
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db


def test_the_products_defaults_hold_until_staff_change_them() -> None:
    assert counting().scheme == "0,18,25,35,45,55,65;5"
    DemandSettings.objects.create(pk=1, age_bounds=[0, 30], small_segment=9)
    assert counting().scheme == "0,30;9"
    assert Counting.of_scheme("0,30;9").age_groups.labels == counting().age_groups.labels == ("0-29", "30+")


def test_what_is_shown_keeps_its_age_groups_until_it_is_counted_again() -> None:
    load(people(3))
    refresh_demand()
    DemandSettings.objects.create(pk=1, age_bounds=[0, 30], small_segment=9)
    assert counting_of_picture().scheme == "0,18,25,35,45,55,65;5"
    refresh_demand()
    assert counting_of_picture().scheme == "0,30;9"
