"""A PostgreSQL to freeze, shared by the tests of a module."""

from collections.abc import Iterator

import pytest
from django.db import connections

from tests.common.db.frozen import PrivatePostgres, private_postgres


@pytest.fixture(scope="module")
def private() -> Iterator[PrivatePostgres]:
    """The server; use `postgres`."""
    with private_postgres() as running:
        yield running


@pytest.fixture
def postgres(private: PrivatePostgres) -> Iterator[PrivatePostgres]:
    """The server, which goes on after the test."""
    yield private
    private.thaw()


@pytest.fixture
def asked(postgres: PrivatePostgres, monkeypatch: pytest.MonkeyPatch) -> PrivatePostgres:
    """The server, which this process takes for the product's."""
    for name, value in postgres.settings.items():
        monkeypatch.setitem(connections.settings["default"], name, value)
    return postgres
