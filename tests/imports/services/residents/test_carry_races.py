"""Somebody corrects the new delivery while corrections are carried into it: with the lock, theirs stays."""

from threading import Thread

import pytest
from django.db import connection, transaction

from imports.models import Correction
from imports.services.residents import carry_corrections as service
from imports.services.residents.carry_corrections import Plan, carry_corrections
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people
from tests.imports.world import broken_chains, load, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def carried_while_somebody_corrects() -> tuple[str, list[str], Plan]:
    """The town after both, what is wrong with the corrections, and what was carried."""
    citizens = people(1, town="Kiev")
    first = load(citizens)
    correct_resident(import_id=first, citizen_id=1, patch={"town": "Kyiv"}, actor=None)
    second, plans = load(citizens), list[Plan]()

    def carry() -> None:
        plans.append(carry_corrections(import_id=second, actor=None))
        connection.close()

    late = Thread(target=carry)
    with transaction.atomic():
        correct_resident(import_id=second, citizen_id=1, patch={"town": "Lviv"}, actor=None)
        late.start()
        late.join(1)
        assert late.is_alive()
    late.join(10)
    return stored(second)[1]["town"], broken_chains(second, citizens[0]), plans[0]


def test_what_somebody_corrects_meanwhile_is_a_third_value() -> None:
    town, broken, plan = carried_while_somebody_corrects()
    assert (town, broken, plan.carried, plan.conflicts) == ("Lviv", [], {}, {"town": 1})
    assert Correction.objects.exclude(carried_from=None).count() == 0


def test_without_the_lock_it_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_LOCK", "SELECT 1")
    town, broken, _ = carried_while_somebody_corrects()
    assert (town, bool(broken)) == ("Kyiv", True)
