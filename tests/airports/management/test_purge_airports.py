"""`manage.py purge_airports`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from airports.models import Airport
from airports.services.flag_airport import flag_airport
from tests.airports.builders import make_airport


@pytest.mark.django_db
def test_it_says_how_many_went(settings: Any) -> None:
    flag_airport(airport_id=make_airport("Flagged").pk, actor=None)
    said = [StringIO(), StringIO()]
    call_command("purge_airports", stdout=said[0])
    settings.AIRPORT_PURGE_AFTER *= 0
    call_command("purge_airports", stdout=said[1])
    assert [text.getvalue() for text in said] == ["0 airports deleted for good.\n", "1 airport deleted for good.\n"]
    assert not Airport.objects.exists()
