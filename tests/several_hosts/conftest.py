"""One installation for all faults, and the table of what they did."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.several_hosts.installation import Installation, installation
from tests.several_hosts.ledger import Delivery
from tests.several_hosts.table import Row, table

_rows = pytest.StashKey[list[Row]]()


@pytest.fixture(scope="session")
def product() -> Iterator[Installation]:
    """What all faults strike, one after the other."""
    with TemporaryDirectory(prefix="demanda-hosts-", dir="/var/tmp") as folder, installation(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def ledger() -> list[Delivery]:
    """Every delivery that was acknowledged."""
    return []


@pytest.fixture
def rows(pytestconfig: pytest.Config) -> list[Row]:
    """What is printed at the end."""
    return pytestconfig.stash.setdefault(_rows, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table."""
    for line in table(config.stash.get(_rows, [])):
        terminalreporter.write_line(line)
