"""Faults of hosts and links under a load: what was acknowledged is there, once and whole, and the product recovers."""

import time

import pytest

from tests.background.workers import until
from tests.several_hosts.faults import FAULTS, Fault
from tests.several_hosts.installation import Installation
from tests.several_hosts.ledger import Delivery, counted_otherwise, stored_otherwise
from tests.several_hosts.load import Load, loading
from tests.several_hosts.sent import watched
from tests.several_hosts.table import Row, row

RECOVERED_SECONDS = 300
CALM_SECONDS = 8
_IMPORTS = "SELECT id, status, citizen_count FROM imports_import WHERE deleted_at IS NULL"
_LEFT = "SELECT count(*) FROM imports_import WHERE status NOT IN ('complete', 'failed')"
# The last of those that were accepted by then.
_WORKED_OFF = (
    "SELECT extract(epoch FROM max(completed_at))::float FROM imports_import WHERE created_at < to_timestamp({})"
)
_WRITTEN = "SELECT sum(total_run_count) FROM django_celery_beat_periodictask WHERE task = 'background.sweep'"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_what_was_acknowledged_is_there_once(
    product: Installation, ledger: list[Delivery], rows: list[Row], fault: Fault
) -> None:
    with watched(product.redis_url) as sent:
        written = product.figure(_WRITTEN)
        load, struck, mended = strike(product, fault)
        ledger += load.deliveries
        until(lambda: product.figure(_LEFT) == 0, RECOVERED_SECONDS)
        settle_demand(product)
        written = product.figure(_WRITTEN) - written
    if fault.afterwards:
        fault.afterwards(product)
    rows.append(
        row(fault.name, load, struck=struck, mended=mended, worked_off=product.figure(_WORKED_OFF.format(mended)))
    )
    assert stored_otherwise(ledger, product.primary.ask(_IMPORTS)) == []
    with product.client() as client:
        for delivery in load.deliveries:
            found = client.get(f"/imports/{delivery.import_id}/citizens").raise_for_status().json()["data"]
            assert delivery.differences(found) == []
        assert counted_otherwise(ledger, client) == []
    # One that was sent when its beat, or what it is written to, went may not be written.
    assert 0 < sent.count <= written + 1
    assert load.disturbed(struck) or not fault.is_noticed


def strike(product: Installation, fault: Fault) -> tuple[Load, float, float]:
    """What callers were told before, while and after it, and when it struck and was mended."""
    with loading(product) as load:
        until(lambda: load.is_calm(CALM_SECONDS), RECOVERED_SECONDS)
        struck = time.time()
        fault.strike(product)
        time.sleep(fault.seconds)
        fault.mend(product)
        mended = time.time()
        until(lambda: load.is_calm(CALM_SECONDS), RECOVERED_SECONDS)
    return load, struck, mended


def settle_demand(product: Installation) -> None:
    """Has the demand counted, and waits for it."""
    with product.client() as client:
        client.post("/analytics/refresh").raise_for_status()
        params = {"group_by": "source"}
        until(
            lambda: not client.get("/analytics/demand", params=params).raise_for_status().json()["meta"]["stale"],
            RECOVERED_SECONDS,
        )
