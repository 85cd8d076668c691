"""A host that is off ends no connection: the database finds out by itself."""

from tests.background.workers import until
from tests.several_hosts.installation import Installation

FOUND_OUT_SECONDS = 90


def test_the_sessions_of_a_host_that_is_off_end(product: Installation) -> None:
    host = product.hosts["web-a"]
    sessions = f"SELECT count(*) FROM pg_stat_activity WHERE client_addr = '{host.address}'"
    with product.client() as client:
        # Whichever of the two is asked.
        until(lambda: client.get("/imports?limit=1").is_success and product.figure(sessions) > 0)
    host.turn_off()
    until(lambda: product.figure(sessions) == 0, FOUND_OUT_SECONDS)
    host.join()
    product.start_host("web-a")
    product.wait_for("web-a")
