"""A server that is too old is refused with a sentence, by every program and by the check before a migration."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import NotSupportedError, connection
from django.db.backends.base import base

from config.common.db.postgresql.base import DatabaseFeatures, DatabaseWrapper


@pytest.fixture
def unopened(transactional_db: None) -> Iterator[DatabaseWrapper]:
    """A connection that is not open yet, as if it were the first of its program."""
    made = DatabaseWrapper(dict(connection.settings_dict), "default")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "RAN_DB_VERSION_CHECK", set())
        yield made
    made.close()


@pytest.fixture
def too_old(unopened: DatabaseWrapper) -> Iterator[DatabaseWrapper]:
    """The same, of a product that wants a newer server than there is."""
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseFeatures, "minimum_database_version", (99,))
        yield unopened


def test_the_server_of_the_tests_is_supported(unopened: DatabaseWrapper) -> None:
    assert unopened.validation.check() == []


def test_an_older_one_is_refused(too_old: DatabaseWrapper) -> None:
    # Nor is it good the second time.
    for _ in range(2):
        with pytest.raises(NotSupportedError, match="PostgreSQL 99 or later is required"):
            too_old.ensure_connection()


def test_before_a_migration_it_is_an_error_of_the_check(too_old: DatabaseWrapper) -> None:
    with pytest.raises(SystemCheckError, match=r"config\.E006\W+PostgreSQL 99 or later is required"):
        call_command("migrate", verbosity=0, skip_checks=False)
