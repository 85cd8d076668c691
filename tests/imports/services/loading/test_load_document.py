"""Loading: all or nothing, in one transaction."""

from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from config.common.problems import InvalidInput, TooLarge
from imports.documents.copy import copy_rows
from imports.documents.structs import Resident
from imports.models import Import
from imports.services.loading import load_document as service
from imports.services.loading.load_document import load_document, store_residents
from imports.services.naming.resolve_source import InvalidSource, check_source
from tests.factories import delivery, people
from tests.imports.world import body_of, counts, load, stored

pytestmark = pytest.mark.django_db


def test_a_delivery_is_stored_as_it_was_sent() -> None:
    citizens = delivery(50, relations=60, seed=3)
    assert stored(load(citizens)) == {citizen["citizen_id"]: citizen for citizen in citizens}


def test_the_import_says_who_made_it_and_from_where() -> None:
    actor = User.objects.create_user("anna")
    loaded = load_document(body=body_of(people(2)), source="Mairie", actor=actor)
    row = Import.objects.get(pk=loaded.pk)
    assert (row.source, row.created_by, row.status, row.citizen_count, row.processed, row.revision) == (
        "Mairie", actor, "complete", 2, 2, 0,
    )  # fmt: skip


def test_imports_are_independent_of_each_other() -> None:
    one, other = load(people(3)), load(people(3))
    assert stored(one) == stored(other)
    assert counts() == (2, 6)


def test_a_load_that_fails_on_its_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second chunk of the COPY is no row: the first and the delivery go with it."""
    monkeypatch.setattr(service, "copy_rows", lambda rows, pk: [*copy_rows(rows, pk), b"no row\n"])
    with pytest.raises(DatabaseError), transaction.atomic():
        load(people(3))
    assert counts() == (0, 0)


def test_the_database_keeps_what_validation_let_through() -> None:
    wrong = [Resident(**citizen) for citizen in people(2, apartment=-1)]
    with pytest.raises(DatabaseError), transaction.atomic():
        store_residents(wrong, source="default", actor=None)
    assert counts() == (0, 0)


@time_machine.travel("2026-03-01T00:30:00+02:00")
def test_today_is_the_day_in_utc() -> None:
    load(people(1, birth_date="28.02.2026"))
    with pytest.raises(InvalidInput) as refusal:
        load(people(1, birth_date="01.03.2026"))
    assert [error.code for error in refusal.value.errors] == ["future_date"]


def test_too_many_citizens_are_refused(settings: Any) -> None:
    settings.IMPORT_MAX_CITIZENS = 1
    with pytest.raises(TooLarge):
        load(people(2))
    assert counts() == (0, 0)


@pytest.mark.parametrize("source", ["", " ", "-", "😀", "a" * 65, "a\0"])
def test_a_source_without_a_letter_or_a_digit_is_refused(source: str) -> None:
    with pytest.raises(InvalidSource):
        load([], source=source)
    assert counts() == (0, 0)


@pytest.mark.parametrize("source", ["a", "7", "٧", "Ж" * 64, " a\t"])
def test_a_source_with_one_is_fine(source: str) -> None:
    check_source(source)
