"""Alerts: changes that are real and large enough are told once, to those who may see residents."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from analytics import tasks
from analytics.models import Alert
from analytics.services.counting.change_settings import change_settings
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.deciding.alerts import any_to_compare, find_alerts
from imports.fields import Patch
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.decisions.deliveries import deliver
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[int, int]:
    """Two deliveries: in Kyiv there are many more courses than before, in Lviv as many."""
    found = deliver("a", kyiv=1, lviv=1), deliver("a", kyiv=6, lviv=1, first=5000)
    refresh_demand()
    return found


def limit(residents: int, percent: int, *, actor: User) -> None:
    change_settings(age_bounds=[0, 18], small_segment=5, alert_residents=residents, alert_percent=percent, actor=actor)
    refresh_demand()


def told() -> set[tuple[Any, ...]]:
    return {(*alert.group.values(), alert.change > 0) for alert in Alert.objects.all()}


def test_a_change_is_told_once(two: tuple[int, int]) -> None:
    assert any_to_compare()
    assert find_alerts() == len(told()) == 3
    assert told() == {("Kyiv", "UA", True), ("tv", True), ("65+", True)}
    [kyiv] = [alert for alert in Alert.objects.all() if "city" in alert.group]
    assert (kyiv.before_id, kyiv.delivery_id, kyiv.source) == (*two, "a")
    assert (kyiv.residents_before, kyiv.courses_before, kyiv.residents, kyiv.courses) == (200, 132, 200, 768)
    assert kyiv.change_low < kyiv.change < kyiv.change_high
    assert kyiv.change == pytest.approx(318)
    assert not any_to_compare()
    assert find_alerts() == 0


@pytest.mark.parametrize(
    ("residents", "percent", "expected"),
    [(200, 20, {"Kyiv", "tv", "18+"}), (201, 20, {"tv", "18+"}), (1, 250, {"Kyiv"}), (1, 482, set())],
)
def test_limits_are_those_of_both_deliveries(
    two: tuple[int, int], superuser: User, residents: int, percent: int, expected: set[str]
) -> None:
    """Kyiv has 200 residents and 66 courses per 100, then 384: 481.8 per cent more."""
    limit(residents, percent, actor=superuser)
    find_alerts()
    assert {name for name, *_ in told()} == expected


def test_lower_limits_tell_of_what_was_not_told_before(two: tuple[int, int], superuser: User) -> None:
    limit(500, 20, actor=superuser)
    assert find_alerts() == 0
    assert not any_to_compare()
    limit(100, 20, actor=superuser)
    assert find_alerts() == 3


def test_a_correction_has_it_compared_again_and_nothing_is_told_twice(two: tuple[int, int]) -> None:
    find_alerts()
    for of, resident in zip(two, (0, 5000), strict=True):
        correct_resident(import_id=of, citizen_id=resident, patch=Patch(gender="female"), actor=None)
        refresh_demand()
        assert any_to_compare()
        assert find_alerts() == 0
        assert not any_to_compare()
    assert Alert.objects.count() == 3


def test_alerts_of_a_deleted_delivery_are_gone_at_once(two: tuple[int, int], manager: APIClient) -> None:
    find_alerts()
    [first, *_] = manager.get("/analytics/alerts").json()["data"]
    delete_delivery(import_id=two[1], actor=None)
    assert manager.get("/analytics/alerts").json()["data"] == []
    assert problem(manager.get(f"/analytics/alerts/{first['id']}"))["status"] == 404
    refresh_demand()
    find_alerts()
    assert not Alert.objects.exists()


def test_the_newest_come_first_with_keys_beside_figures(two: tuple[int, int], manager: APIClient) -> None:
    find_alerts()
    body = manager.get("/analytics/alerts?limit=2").json()
    assert (body["count"], [row["id"] for row in body["data"]]) == (
        3,
        list(Alert.objects.order_by("-pk").values_list("pk", flat=True)[:2]),
    )
    last = manager.get("/analytics/alerts?limit=1&offset=2").json()["data"][0]
    assert (last["city"], last["country"], last["from"], last["to"], last["source"]) == ("Kyiv", "UA", *two, "a")
    assert manager.get(f"/analytics/alerts/{last['id']}").json() == {"data": last}
    header, *lines = b"".join(manager.get("/analytics/alerts?format=csv&limit=1")).decode().splitlines()
    assert header.startswith("id,created_at,source,from,to,country,city,age_group,channel,residents_before,")
    assert lines[-1].split(",")[2:9] == ["a", *map(str, two), "UA", "Kyiv", "", ""]


def test_they_are_for_those_who_may_see_residents(two: tuple[int, int], client_of: Any) -> None:
    find_alerts()
    answers = {
        role: client_of(role).get("/analytics/alerts").status_code for role in ("Viewers", "Importers", "Editors")
    }
    assert answers == {"Viewers": 403, "Importers": 403, "Editors": 200}


def test_a_refresh_has_deliveries_compared_and_a_lost_message_is_swept_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, **_options: sent.append(name))
    deliver("a", kyiv=1, lviv=1)
    deliver("a", kyiv=6, lviv=1, first=5000)
    tasks.refresh()
    assert sent == ["analytics.alert"]
    tasks.sweep_alerts()
    assert sent == ["analytics.alert"] * 2
    tasks.alert()
    assert Alert.objects.count() == 3
