"""Which source a delivery is from, and what keeps it from one."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from config.common.accounts.services.tokens import issue_token
from config.common.problems import Conflict, Forbidden
from config.common.spellings import fold
from imports.models import Import, Source, SourceSpelling
from imports.services.loading import load_document
from imports.services.naming.change_named import create_named, delete_named
from imports.services.naming.resolve_source import UnknownSource, first_names_of, name_source, sources_open_to
from tests.factories import people
from tests.imports.crowd import in_threads
from tests.imports.world import body_of, counts, load, received

pytestmark = pytest.mark.django_db


def user(name: str, role: str) -> User:
    issue_token(username=name, role=role)
    return User.objects.get(username=name)


def test_a_delivery_makes_the_source_that_it_names_and_later_ones_find_it_in_any_spelling() -> None:
    for name in ("Padrón", "padrón ", "Padrón"):
        load([], source=name)
    received(b"{}", source="PADRÓN")
    assert [(row.name, row.first_name) for row in Source.objects.all()] == [("Padrón", "Padrón")]
    assert sorted(SourceSpelling.objects.values_list("pk", flat=True)) == ["PADRÓN", "Padrón", "padrón "]
    sent = Import.objects.order_by("id").values_list("source", flat=True)
    assert [*sent] == [
        "Padrón",
        "padrón ",
        "Padrón",
        "PADRÓN",
    ]


@pytest.mark.parametrize("take", [lambda: load([], source="new"), lambda: received(b"{}", source="new")])
def test_where_it_may_make_none_it_is_refused(settings: Settings, take: Any) -> None:
    settings.IMPORT_NEW_SOURCES = False
    create_named(Source, values={"name": "known", "aliases": ["also"]}, actor=None)
    with pytest.raises(UnknownSource) as refused:
        take()
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("?source", "unknown_source")]
    assert (counts(), Source.objects.filter(fold="new").exists()) == ((0, 0), False)
    assert min(load([], source="KNOWN"), load([], source="also")) > 0


def test_a_source_that_has_people_for_it_takes_from_them_and_from_managers_alone() -> None:
    anna, boris, manager = user("anna", "Importers"), user("boris", "Importers"), user("maria", "Managers")
    create_named(Source, values={"name": "one", "aliases": ["uno"], "uploaders": ["anna"]}, actor=None)
    create_named(Source, values={"name": "open"}, actor=None)
    for name in ("one", "UNO"):
        with pytest.raises(Forbidden):
            load(people(1), actor=boris, source=name)
        with pytest.raises(Forbidden):
            received(body_of(people(1)), actor=boris, source=name)
        load([], actor=anna, source=name)
        load([], actor=manager, source=name)
        load([], source=name)
    offered = [[row.name for row in sources_open_to(who)] for who in (anna, boris, manager)]
    assert offered == [["one", "open"], ["open"], ["one", "open"]]


def two_at_once() -> list[type[Any]]:
    """Two deliveries name a new source: what each comes to."""
    found: list[type[Any]] = []

    def run(name: str) -> None:
        try:
            found.append(type(load(people(1), source=name)))
        except IntegrityError as error:
            found.append(type(error))
        finally:
            connection.close()

    in_threads([(run, "New"), (run, "new")])
    return found


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_deliveries_that_name_a_new_source_at_once_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Barrier(2)

    def name_together(source: str) -> None:
        both.wait(5)
        name_source(source)

    monkeypatch.setattr(load_document, "name_source", name_together)
    assert two_at_once() == [int, int]
    assert (Source.objects.count(), SourceSpelling.objects.count(), Import.objects.count()) == (1, 2, 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_conflict_clause_one_of_them_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Barrier(2)

    def look_and_make(source: str) -> None:
        is_there = Source.objects.filter(fold=fold(source)).exists()
        both.wait(5)
        if not is_there:
            Source.objects.create(name=source, fold=fold(source), first_name=source)

    monkeypatch.setattr(load_document, "name_source", look_and_make)
    assert (set(two_at_once()), Import.objects.count()) == ({int, IntegrityError}, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_source_that_is_removed_while_it_is_named_is_made_again() -> None:
    with transaction.atomic():
        name_source("one")

    def run() -> None:
        with transaction.atomic():
            name_source("One")
        connection.close()

    late = Thread(target=run)
    with transaction.atomic():
        Source.objects.all().delete()
        late.start()
        late.join(0.3)
        assert late.is_alive()
    late.join(5)
    assert [row.name for row in Source.objects.all()] == ["One"]
    assert first_names_of(["ONE", "nobody's"]) == {"ONE": "One", "nobody's": "nobody's"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_source_is_not_removed_beside_a_delivery_of_it() -> None:
    create_named(Source, values={"name": "one"}, actor=None)
    SourceSpelling.objects.create(spelling="One", source=Source.objects.get())
    refused = list[Conflict]()

    def remove() -> None:
        try:
            delete_named(Source, pk=Source.objects.get().pk, actor=None)
        except Conflict as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    late = Thread(target=remove)
    with transaction.atomic():
        load(people(1), source="One")
        late.start()
        late.join(0.3)
        assert late.is_alive()
    late.join(5)
    assert (len(refused), Source.objects.count()) == (1, 1)
