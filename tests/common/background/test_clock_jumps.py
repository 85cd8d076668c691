"""A machine whose clock jumps: links and tokens end by it and come back with it, leases and turns do not know it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from config.common.background.leases import LeaseTaken, lease
from tests.airports.builders import make_airport

DAY = timedelta(days=1)


def at(jump: timedelta) -> time_machine.travel:
    return time_machine.travel(timezone.now() + jump)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_lease_is_kept_whatever_the_clock_of_a_worker_says(jump: timedelta) -> None:
    with lease("tests.clock", seconds=30), at(jump), pytest.raises(LeaseTaken), lease("tests.clock"):
        pass
    with at(jump), lease("tests.clock"):
        pass


@pytest.mark.django_db
def test_a_token_ends_with_its_days_and_no_jump_back_ends_it(client_of: Callable[[str], APIClient]) -> None:
    client = client_of("Managers")
    for jump, status in ((-DAY, 200), (366 * DAY, 401), (timedelta(), 200)):
        with at(jump):
            assert client.get("/airports").status_code == status


@pytest.mark.django_db
def test_a_link_is_good_for_a_day_of_its_clock_and_once(manager: APIClient) -> None:
    airport = make_airport()
    url = manager.get(f"/update?id={airport.pk}&city=Manises").json()["data"]["confirmation_url"]
    for jump, status in ((-DAY, 200), (DAY + timedelta(minutes=1), 410), (timedelta(), 200)):
        with at(jump):
            assert manager.get(url).status_code == status
    assert [manager.post(url).status_code for _ in range(2)] == [200, 409]
