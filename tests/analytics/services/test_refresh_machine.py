"""Random deliveries, corrections, deletions and days that pass: after each refresh every aggregate is a naive count."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from analytics.models import DemandSettings
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.stale import stale_imports, utc_today
from imports.fields import Patch
from imports.models import Citizen, Import
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.naive import faults
from tests.effort import tries
from tests.factories import delivery
from tests.imports.world import load

SOURCES = st.sampled_from("ab")
PLACES = st.integers(0, 20)


class Deliveries(RuleBasedStateMachine):
    """Deliveries of two sources, from a leap day on."""

    @initialize()
    def start(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(datetime(2028, 2, 28, 23, tzinfo=UTC), tick=False)
        self.time = self.clock.start()
        self.steps = 0
        for source, seed in (("a", 1), ("a", 2), ("b", 3)):
            self.deliver(source, 12, seed)
        self.refresh()

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(source=SOURCES, size=st.integers(0, 16), seed=st.integers(0, 9))
    def deliver(self, source: str, size: int, seed: int) -> None:
        load(delivery(size, relations=size, seed=seed), source=source)

    @rule(place=PLACES, town=st.sampled_from(["Kyiv", "KYIV ", "elsewhere"]), channel=st.sampled_from(["x", "X", "y"]))
    def move_house(self, place: int, town: str, channel: str) -> None:
        self.correct(place, town=town, channel=channel)

    @rule(place=PLACES)
    def leave_everybody(self, place: int) -> None:
        self.correct(place, relatives=[], friends=[])

    @rule(place=PLACES, years=st.sampled_from([0, 17, 18, 24, 65]), days=st.integers(0, 2))
    def be_born(self, place: int, years: int, days: int) -> None:
        born = utc_today() - timedelta(days=round(years * 365.25) - 1 + days)
        self.correct(place, birth_date=f"{min(born, utc_today()):%d.%m.%Y}")

    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        if import_id := self.chosen(Import.objects.live(), place):
            delete_delivery(import_id=import_id, actor=None)

    @rule(place=PLACES)
    def erase(self, place: int) -> None:
        if import_id := self.chosen(Import.objects.live().filter(status="complete"), place):
            Import.objects.filter(pk=import_id).update(status="erased")

    @rule()
    def purge(self) -> None:
        purge_deleted_deliveries()

    @rule(hours=st.sampled_from([1, 24, 24 * 366]))
    def wait(self, hours: int) -> None:
        self.time.shift(timedelta(hours=hours))

    @rule(bounds=st.sampled_from([[0], [0, 18, 65], [0, 1, 2, 90]]), small=st.sampled_from([1, 5]))
    def set(self, bounds: list[int], small: int) -> None:
        DemandSettings(pk=1, age_bounds=bounds, small_segment=small).save()

    @invariant()
    def often(self) -> None:
        """After every other step, so that two changes come together too."""
        if hasattr(self, "steps"):
            self.steps += 1
            if self.steps % 2:
                self.refresh()

    def refresh(self) -> None:
        refresh_demand()
        assert faults(utc_today()) == []
        assert stale_imports() == []

    def correct(self, place: int, **fields: Any) -> None:
        citizens = Citizen.objects.filter(delivery__in=Import.objects.live().filter(status="complete"))
        if number := self.chosen(citizens, place):
            one = Citizen.objects.get(pk=number)
            correct_resident(import_id=one.delivery_id, citizen_id=one.citizen_id, patch=Patch(**fields), actor=None)

    def chosen(self, rows: Any, place: int) -> int | None:
        """One of them, if there are any."""
        numbers = list(rows.order_by("pk").values_list("pk", flat=True))
        return numbers[place % len(numbers)] if numbers else None


@pytest.mark.django_db
def test_after_every_refresh_the_aggregates_are_a_naive_count() -> None:
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            deadline=None,
            derandomize=True,
            max_examples=tries(8),
            stateful_step_count=10,
            suppress_health_check=list(HealthCheck),
        ),
    )
