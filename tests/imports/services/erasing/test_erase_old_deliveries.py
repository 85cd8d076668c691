"""Retention: deliveries that are older than the settings allow lose their residents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from analytics.models import ImportDemand
from analytics.services.counting.refresh_import import refresh_import
from imports.models import Citizen, Import
from imports.services.erasing import erase_old_deliveries as service
from imports.services.erasing.erase_delivery import mark_erased, scrub_erased_deliveries
from imports.services.erasing.erase_old_deliveries import erase_old_deliveries, months_before
from imports.tasks import erase_old
from tests.factories import people
from tests.imports.planted import NAME, STREET, found_in_database, planted_people
from tests.imports.world import body_of, load, received

pytestmark = pytest.mark.django_db

YEAR = 12


@pytest.fixture(autouse=True)
def _a_year(settings: Any) -> None:
    settings.IMPORT_RETENTION_MONTHS = YEAR


def aged(import_id: int, *, days: int = 400) -> int:
    Import.objects.filter(pk=import_id).update(created_at=timezone.now() - timedelta(days=days))
    return import_id


def test_what_is_older_than_the_setting_is_erased_and_the_rest_stays() -> None:
    old, young = aged(load(planted_people())), aged(load(people(2)), days=300)
    assert erase_old_deliveries() == (1, False)
    assert scrub_erased_deliveries() == 1
    assert found_in_database() == []
    assert dict(Import.objects.values_list("pk", "status")) == {old: "erased", young: "complete"}
    assert Citizen.objects.of(young).count() == 2
    assert erase_old_deliveries() == (0, False)


def test_without_the_setting_nothing_is_too_old(settings: Any) -> None:
    settings.IMPORT_RETENTION_MONTHS = 0
    aged(load(people(1)), days=40_000)
    assert erase_old_deliveries() == (0, False)
    assert Import.objects.get().status == "complete"


@pytest.mark.parametrize("status", ["queued", "loading", "checked", "failed", "cancelled"])
def test_age_counts_whatever_the_state(status: str) -> None:
    import_id = aged(received(body_of(planted_people())))
    errors = [{"pointer": f"/citizens/0/{NAME}", "code": "unknown_field", "detail": "There is no such field."}]
    Import.objects.filter(pk=import_id).update(status=status, errors=errors, differences=[{"from": STREET}])
    assert erase_old_deliveries() == (1, False)
    scrub_erased_deliveries()
    assert found_in_database() == []


def test_a_source_whose_last_import_is_too_old_leaves_the_current_picture_and_keeps_its_trend() -> None:
    import_id = aged(load(people(3), source="s"))
    refresh_import(import_id=import_id)
    assert ImportDemand.objects.current().count() == 1
    erase_old_deliveries()
    refresh_import(import_id=import_id)
    assert ImportDemand.objects.current().count() == 0
    assert ImportDemand.objects.get(pk=import_id).residents == 3


def test_it_stops_at_its_time_and_goes_on_after_a_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [aged(load(people(1))) for _ in range(3)]
    assert erase_old_deliveries(seconds=0) == (0, True)

    def killed(found: Import) -> None:
        mark_erased(found)
        if found.pk == ids[1]:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "mark_erased", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_old_deliveries()
    assert Import.objects.filter(status="erased").count() == 1
    assert erase_old_deliveries() == (2, False)


def test_the_task_sends_the_rest_to_another_message(monkeypatch: pytest.MonkeyPatch) -> None:
    from imports import tasks

    sent: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", sent.append)
    aged(load(people(1)))
    monkeypatch.setattr(tasks, "_PURGE_SECONDS", 0)
    erase_old.run()
    assert (sent, Import.objects.get().status) == (["imports.erase_old"], "complete")
    monkeypatch.setattr(tasks, "_PURGE_SECONDS", 30)
    erase_old.run()
    assert (sent, Import.objects.get().status) == (["imports.erase_old"], "erased")


@pytest.mark.parametrize(
    ("months", "day"), [(1, "2028-02-29"), (13, "2027-02-28"), (3, "2027-12-31"), (12, "2027-03-31")]
)
def test_months_are_those_of_the_calendar(months: int, day: str) -> None:
    assert f"{months_before(datetime(2028, 3, 31, tzinfo=UTC), months):%Y-%m-%d}" == day


@given(st.datetimes(timezones=st.just(UTC)), st.integers(min_value=1, max_value=10**6))
def test_any_number_of_months_has_a_day(moment: datetime, months: int) -> None:
    earlier = months_before(moment, months)
    assert earlier < moment or earlier.year == 1
