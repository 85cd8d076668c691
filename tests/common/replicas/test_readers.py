"""Which views a replica may answer, and what a thread works with meanwhile."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from config.common.replicas.reading import from_replica
from config.common.replicas.turning import PrimaryWanted, on_primary, reading_from, require_primary

_READS = from_replica(lambda: None).__code__
READERS = {
    "AirportViewSet.list", "AlertsViewSet.list", "CalendarViewSet.list", "CatchmentsViewSet.list",
    "ChangesViewSet.changes", "CitiesViewSet.list", "CitizenViewSet.birthdays", "CitizenViewSet.list",
    "DemandPageViewSet.list", "DemandViewSet.demand", "DemandViewSet.opportunities", "DemandViewSet.trend",
    "EffectsViewSet.list", "FlowsViewSet.list", "HoldoutViewSet.list", "ReportViewSet.list", "TownAgeViewSet.list",
}  # fmt: skip
# What their owners change, one at a time, and read back.
OF_THE_PRIMARY = {"AlertsViewSet.retrieve", "PlanKeptViewSet.list", "PlanKeptViewSet.retrieve"}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def actions() -> Iterator[tuple[str, str, object]]:
    """The path of each view of the API that answers GET, its name, and what answers."""
    for pattern in patterns(get_resolver()):
        name = getattr(pattern.callback, "actions", {}).get("get")
        if name:
            view = pattern.callback.cls  # type: ignore[attr-defined]  # what DRF leaves on its views
            yield str(pattern.pattern), f"{view.__name__}.{name}", getattr(view, name)


def test_questions_and_long_answers_are_read_from_replicas_and_nothing_else() -> None:
    found = {name for _, name, action in actions() if getattr(action, "__code__", None) is _READS}
    assert found == READERS
    questions = {name for path, name, _ in actions() if "analytics" in path}
    assert questions - READERS == OF_THE_PRIMARY


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a second connection to the same database."""
    monkeypatch.setitem(connections.settings, "replica1", connections.settings["default"])
    return "replica1"


def test_everything_a_thread_reads_it_reads_from_the_replica_but_what_it_does_on_the_primary(replica: str) -> None:
    primary = connection.alias, connections["default"]
    require_primary()
    with reading_from(replica):
        assert (connection.alias, connections["default"]) == (replica, connections[replica])
        with pytest.raises(PrimaryWanted):
            require_primary()
        with on_primary(), on_primary():
            require_primary()
            assert (connection.alias, connections["default"]) == primary
        assert connection.alias == replica
    with pytest.raises(ZeroDivisionError), reading_from(replica):
        assert 1 // 0
    assert (connection.alias, connections["default"]) == primary
    del connections[replica]
