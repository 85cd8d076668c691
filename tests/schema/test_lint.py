"""The linter of the migrations sees what it is there for."""

import pytest

from tests.schema.lint import BEFORE_THE_FIRST_RELEASE, findings, own_migrations


@pytest.mark.django_db
def test_it_finds_what_is_excused_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert findings() == BEFORE_THE_FIRST_RELEASE
    assert "CREATE INDEX locks table" in capsys.readouterr().out


def test_it_looks_at_all_apps_of_the_product_and_at_no_others() -> None:
    assert {app for app, _ in own_migrations()} >= {"airports", "common", "imports"}
    assert "auth" not in {app for app, _ in own_migrations()}
