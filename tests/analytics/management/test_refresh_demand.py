"""`manage.py refresh_demand`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from analytics.models import ImportDemand, Segment
from config.embedded.prepare import STEPS
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db


def printed(**options: Any) -> str:
    out = StringIO()
    call_command("refresh_demand", stdout=out, **options)
    return out.getvalue()


def test_it_counts_what_is_stale_and_all_when_it_is_told_to() -> None:
    load(people(3))
    load(people(9))
    assert printed() == "Demand: 2 imports counted.\n"
    Segment.objects.update(courses=77)
    assert printed() == "Demand: 0 imports counted.\n"
    assert printed(all=True) == "Demand: 2 imports counted.\n"
    assert not Segment.objects.filter(courses=77).exists()


def test_the_demo_is_counted_before_the_first_page_is_served() -> None:
    names = [name for name, _ in STEPS]
    assert names.index("load_demo") < names.index("refresh_demand")
    call_command("load_demo", citizens=60, stdout=StringIO())
    printed()
    assert ImportDemand.objects.current().exists()
