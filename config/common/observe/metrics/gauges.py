"""Figures that are looked up when Prometheus asks, each by a function that an app registers."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

# A number; or one for each value of the label, of several labels for each tuple of values. None: nothing to tell.
Figure = float | Mapping[str, float] | Mapping[tuple[str, ...], float] | None
Label = str | tuple[str, ...]
Part = Literal["database", "redis"]

# Several Prometheus servers, or somebody who reloads the page, cost the database no more than one.
CACHE_SECONDS = 5.0

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure by its name; `needs` is the part without which it is not even tried."""

    name: str
    help: str
    look_up: Callable[[], Figure]
    label: Label | None
    needs: Part | None


GAUGES: dict[str, Gauge] = {}


def gauge(
    name: str,
    help: str,  # noqa: A002 - Prometheus' own word
    function: Callable[[], Figure],
    *,
    label: Label | None = None,
    needs: Part | None = "database",
) -> None:
    """Registers a figure, once under its name. Call it in an app's `ready`.

    `function` is asked at most every `CACHE_SECONDS` by each process, so it looks at an index or at few rows. With a
    `label` it returns a mapping from the label's values, of which there are few. Where it raises, the figure is
    missing and `demanda_figure_failed` is 1 for it.
    """
    GAUGES[name] = Gauge(name, help, function, label, needs)


class Figures(Collector):
    """All registered gauges, as they were at most `CACHE_SECONDS` ago."""

    def __init__(self, available: Callable[[], Mapping[str, bool]]) -> None:
        self._available = available
        self._lock = threading.Lock()
        self._families: list[Metric] = []
        self._taken_at = float("-inf")

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if time.monotonic() > self._taken_at + CACHE_SECONDS:
                self._families = list(self._look_up())
                self._taken_at = time.monotonic()
            families = self._families
        yield from families

    def _look_up(self) -> Iterator[Metric]:
        available = self._available()
        yield _family("demanda_available", "Whether a part answers (1) or not (0).", "part", available)
        failed: dict[str, float] = {}
        for each in GAUGES.values():
            # A part that is away makes its figures wait until their time is over, one after the other.
            if each.needs is None or available.get(each.needs):
                family = _ask(each)
                failed[each.name] = float(family is None)
                if family is not None:
                    yield family
        yield _family("demanda_figure_failed", "Figures that could not be looked up (1).", "figure", failed)


def _ask(each: Gauge) -> Metric | None:
    """None when the function fails: one figure that is wrong must not hide the others."""
    try:
        figure = each.look_up()
    except Exception:
        logger.exception("figure_failed", figure=each.name)
        return None
    return _family(each.name, each.help, each.label, figure)


def _family(name: str, text: str, label: Label | None, figure: Figure) -> Metric:
    family = GaugeMetricFamily(name, text, labels=_several(label) if label else None)
    if isinstance(figure, Mapping):
        for value, number in figure.items():
            family.add_metric(_several(value), number)
    elif figure is not None:
        family.add_metric([], figure)
    return family


def _several(label: Label) -> list[str]:
    return [label] if isinstance(label, str) else [*label]
