"""Who may read the metrics."""

import pytest
from django.test import override_settings

from config.common.observe.metrics.exposition import is_loopback, may_read

TOKEN = "a token of the metrics, long enough"
FOREIGN = "203.0.113.7"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_loopback(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", [FOREIGN, "10.0.0.1", "::ffff:203.0.113.7", "local", "", "127.0.0.1:80"])
def test_nothing_else_is(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize(
    ("authorization", "opens"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN} ", True),
        (f"Token {TOKEN}", True),
        (f"Basic {TOKEN}", False),
        (f"Bearer {TOKEN}x", False),
        ("Bearer ", False),
        ("Bearer \udcff\xff", False),
        (TOKEN, False),
        ("", False),
    ],
)
@override_settings(METRICS_TOKEN=TOKEN)
def test_the_token_opens_from_anywhere(authorization: str, opens: bool) -> None:
    assert may_read(address=FOREIGN, authorization=authorization) is opens


@pytest.mark.parametrize("authorization", ["Bearer ", "Bearer", "", "Token "])
@override_settings(METRICS_TOKEN="")
def test_without_a_token_nobody_has_it(authorization: str) -> None:
    assert not may_read(address=FOREIGN, authorization=authorization)
