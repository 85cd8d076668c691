"""The text that Prometheus reads, and who may read it."""

from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.common.observe.metrics import requests, statements, tasks
from config.common.observe.metrics.families import ADDS_UP_PROCESSES, COUNTED

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# What counts is there from the first request on, at zero, also before it is imported elsewhere.
FAMILIES = (requests, statements, tasks)
_SCHEMES = {"bearer", "token"}


def exposition(*figures: Collector) -> bytes:
    """What all processes of the common folder have counted, or this one alone without such a folder; and `figures`."""
    text = generate_latest(_added_up() if ADDS_UP_PROCESSES else COUNTED)
    for collector in figures:
        registry = CollectorRegistry()
        registry.register(collector)
        text += generate_latest(registry)
    return text


def _added_up() -> CollectorRegistry:
    # A registry of its own each time: the files are read when it is asked.
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped there
    return registry


def may_read(*, address: str, authorization: str) -> bool:
    """Whether a caller at `address`, with this Authorization header, may read metrics: this machine, or the token."""
    return is_loopback(address) or _has_token(authorization)


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own; what is no address is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback


def _has_token(authorization: str) -> bool:
    scheme, _, sent = authorization.partition(" ")
    token: str = settings.METRICS_TOKEN
    # A blank setting is no token that everybody has.
    equal = compare_digest(sent.strip().encode("utf-8", "replace"), token.encode())
    return bool(token) and scheme.lower() in _SCHEMES and equal


def is_forwarded(headers: Mapping[str, object]) -> bool:
    """Whether somebody passed the request on for another, by the names of WSGI's variables."""
    return any(headers.get(name) for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"))
