"""The product on a primary, and a replica of it that is held back by five seconds."""

from collections.abc import Iterator

import pytest

from tests.common.db.frozen import PrivatePostgres, private_postgres
from tests.common.replicas.streaming import replica_of

HELD_BACK = {"recovery_min_apply_delay": "5s"}


@pytest.fixture(scope="package")
def primary() -> Iterator[PrivatePostgres]:
    """The server that writes, with the product's tables."""
    with private_postgres() as running:
        running.manage("migrate")
        yield running


@pytest.fixture(scope="package")
def replica(primary: PrivatePostgres) -> Iterator[PrivatePostgres]:
    """The one that reads along, later."""
    with replica_of(primary, HELD_BACK) as running:
        yield running


@pytest.fixture(scope="package")
def tokens(primary: PrivatePostgres) -> dict[str, str]:
    """Those of two managers."""
    return {name: primary.manage("issue_token", name, "--role", "Managers").split()[-1] for name in ("ana", "ben")}
