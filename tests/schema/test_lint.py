"""The linter of the migrations sees what it is there for."""

import os
import subprocess
import sys

import pytest

from tests.schema.lint import findings, own_migrations
from tests.server import ROOT, database_url

_FIND = "import django; django.setup(); from tests.schema.lint import findings; print(findings())"


# An index that is made concurrently is asked for outside of a transaction.
@pytest.mark.django_db(transaction=True)
def test_no_migration_of_the_product_locks_a_big_table() -> None:
    assert findings() == set()


@pytest.mark.django_db
def test_one_that_locks_a_big_table_is_found() -> None:
    # In a process of its own: Unfold makes the admin anew, and empty, for other apps.
    settings = {"DJANGO_SETTINGS_MODULE": "tests.schema.locking.settings", "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", _FIND]
    said = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, check=True).stdout
    assert ("{'locking.0001_initial'}" in said.decode(), "CREATE INDEX locks table" in said.decode()) == (True, True)


def test_it_looks_at_all_apps_of_the_product_and_at_no_others() -> None:
    apps = {app for app, _ in own_migrations()}
    domain, ground = (
        {"airports", "analytics", "imports"},
        {
            "accounts",
            "background",
            "changes",
            "events",
            "idempotency",
            "kafka",
            "observe",
            "privacy",
            "saved_views",
            "wizard",
        },
    )
    assert apps == domain | ground
