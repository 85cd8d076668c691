"""The linter of the migrations sees what it is there for."""

import pytest
from django.test import modify_settings

from tests.schema.lint import findings, own_migrations


@pytest.mark.django_db
def test_no_migration_of_the_product_locks_a_big_table() -> None:
    assert findings() == set()


@pytest.mark.django_db
@modify_settings(INSTALLED_APPS={"append": "tests.schema.locking"})
def test_one_that_locks_a_big_table_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert findings() == {"locking.0001_initial"}
    assert "CREATE INDEX locks table" in capsys.readouterr().out


def test_it_looks_at_all_apps_of_the_product_and_at_no_others() -> None:
    apps = {app for app, _ in own_migrations()}
    assert apps == {"accounts", "airports", "analytics", "background", "idempotency", "imports", "privacy"}
