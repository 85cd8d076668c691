"""Every migration up, down and up again, with data in the tables, in a database of its own."""

from collections.abc import Iterator
from copy import deepcopy
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, connections

from config.common.accounts.models import ApiToken
from config.common.accounts.roles import ROLES
from config.common.accounts.services.tokens import issue_token
from imports.models import Citizen, Correction, Import, Source
from imports.services.naming.resolve_source import spellings_of
from tests.factories import people
from tests.imports.world import load

# Those whose migrations are the product's own.
OWN = ("imports", "accounts", "background", "privacy", "idempotency", "wizard", "changes")


@pytest.fixture
def own_database(django_db_blocker: Any, django_db_setup: None) -> Iterator[None]:
    """The default connection leads to an empty database for as long as a test."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        name = f"{usual}_migrations"
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            lead_to(name)
            yield
        finally:
            lead_to(usual)
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict = deepcopy(connection.settings_dict) | {"NAME": name}
    connections.databases["default"]["NAME"] = name


def migrate(*arguments: str) -> None:
    call_command("migrate", *arguments, verbosity=0, interactive=False)


def fill() -> None:
    import_id = load(people(3))
    Correction.objects.create(delivery_id=import_id, citizen_id=1, changes={})
    issue_token(username="anna", role="Managers")


def tables() -> set[str]:
    own = tuple(f"{app}_" for app in OWN)
    return {name for name in connection.introspection.table_names() if name.startswith(own)}


def test_every_migration_goes_up_down_and_up_again_with_data(own_database: None) -> None:
    migrate()
    fill()
    made = tables()
    assert {name for name in made if name.startswith("imports_")} == {
        "imports_citizen", "imports_correction", "imports_import", "imports_rawchunk", "imports_rename",
        "imports_source", "imports_source_uploaders", "imports_sourcespelling", "imports_channel", "imports_arrival",
    }  # fmt: skip
    for app in OWN:
        migrate(app, "zero")
    assert tables() == set()
    migrate()
    assert tables() == made
    assert [model.objects.count() for model in (Import, Citizen, Correction, ApiToken)] == [0, 0, 0, 0]
    fill()
    assert Citizen.objects.count() == 3
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_migrating_twice_changes_nothing(own_database: None) -> None:
    migrate()
    fill()
    migrate()
    assert [model.objects.count() for model in (Import, Citizen, Correction, ApiToken)] == [1, 3, 1, 1]


def test_names_of_sources_that_deliveries_have_become_sources(own_database: None) -> None:
    migrate()
    for name in ("Padrón", "b", "padrón "):
        Import.objects.create(source=name)
    migrate("imports", "0002")
    migrate()
    assert [*Source.objects.order_by("id").values_list("name", "fold", "first_name")] == [
        ("Padrón", "padrón", "Padrón"),
        ("b", "b", "b"),
    ]
    assert spellings_of(["PADRÓN"]) == {"PADRÓN", "Padrón", "padrón "}


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = StringIO()
    call_command("makemigrations", "--check", "--dry-run", *OWN, stdout=output)
    assert "No changes detected" in output.getvalue()
