"""A replica that takes over: the product finds it by itself, and what was accepted is there or not, by its setting."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import quote

import httpx
import pytest

from tests.background.workers import until
from tests.common.db.frozen import PrivatePostgres
from tests.common.replicas.streaming import order, replica_of
from tests.imports.documents.builders import citizen
from tests.imports.world import lines_of
from tests.server import Server, start_server

pytestmark = pytest.mark.faults
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def servers(primary: PrivatePostgres) -> Iterator[tuple[PrivatePostgres, PrivatePostgres]]:
    """A server that may be killed, and a replica of it."""
    with replica_of(primary, {}) as first:
        order(first, "SELECT pg_promote()")
        with replica_of(first, {}) as second:
            until(lambda: order(first, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1)
            yield first, second


def address(first: PrivatePostgres, second: PrivatePostgres) -> str:
    """The address of whichever of the two takes writes."""
    place = first.layout
    hosts = ",".join(quote(str(one.layout.socket_dir), safe="") for one in (first, second))
    sign_in = f"{place.user}:{quote(place.password(), safe='')}"
    return f"postgres://{sign_in}@{hosts}:{place.postgres_port}/{place.database}?target_session_attrs=read-write"


def deliver(client: httpx.Client) -> str | None:
    """The path of a delivery that was accepted."""
    answer = client.post("/imports", content=lines_of([citizen(1)]), headers=NDJSON)
    assert answer.status_code in {201, 503}, answer.text
    return f"/imports/{answer.json()['data']['import_id']}" if answer.status_code == 201 else None


def set_up(postgres: PrivatePostgres, setting: str) -> None:
    order(postgres, f"ALTER SYSTEM SET {setting}")
    order(postgres, "SELECT pg_reload_conf()")


@pytest.mark.parametrize("kind", ["synchronous", "asynchronous"])
def test_the_product_goes_on_with_the_replica_that_took_over(
    servers: tuple[PrivatePostgres, PrivatePostgres], tokens: dict[str, str], kind: str
) -> None:
    first, second = servers
    with ExitStack() as stack:
        server: Server = stack.enter_context(start_server(DATABASE_URL=address(first, second), WEB_WORKERS="1"))
        client = stack.enter_context(server.client(tokens["ana"]))
        if kind == "synchronous":
            set_up(first, "synchronous_standby_names = '*'")
            until(lambda: order(first, "SELECT sync_state FROM pg_stat_replication") == "sync")
        accepted = [deliver(client) for _ in range(5)]
        assert None not in accepted
        if kind == "asynchronous":
            # The replica hears no more, and nobody waits for it.
            until(lambda: not behind(first))
            set_up(second, "primary_conninfo = ''")
            until(lambda: order(first, "SELECT count(*) FROM pg_stat_replication") == 0)
            accepted.append(deliver(client))
        first.kill()
        assert deliver(client) is None
        order(second, "SELECT pg_promote()")
        until(lambda: deliver(client) is not None)
        # The control: where nobody waited for the replica the last one is gone.
        assert (len(accepted), stored(second, accepted)) == ((5, 5) if kind == "synchronous" else (6, 5))


def stored(postgres: PrivatePostgres, paths: list[str | None]) -> int:
    """How many of these deliveries are there."""
    numbers = [int(path.rpartition("/")[2]) for path in paths if path]
    with closing(postgres.connect()) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT id FROM imports_import WHERE id = ANY (%s)", [numbers])
        return len(cursor.fetchall())


def behind(first: PrivatePostgres) -> object:
    return order(first, "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn < pg_current_wal_lsn()")
