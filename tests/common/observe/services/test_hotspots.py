"""The map of hotspots, from records whose figures are known."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_celery_beat.models import PeriodicTask
from silk.models import Profile, Request, Response, SQLQuery

from config.common.observe.services.hotspots import Hotspot, hotspots
from config.common.observe.services.prune_profiles import prune_profiles
from config.common.observe.tasks import prune_profiles_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def record(
    path: str = "/airports",
    *,
    ms: float = 10,
    queries: tuple[str, ...] = (),
    age: timedelta = timedelta(0),
    method: str = "GET",
) -> Request:
    """A request of `ms` milliseconds, each of its queries 2 ms longer than the last."""
    moment = datetime.now(UTC) - age
    values = {"start_time": moment, "end_time": moment + timedelta(milliseconds=ms), "num_sql_queries": len(queries)}
    found = Request.objects.create(path=path, method=method, view_name=f"view of {path}", **values)
    for number, sql in enumerate(queries, start=1):
        end = moment + timedelta(milliseconds=2 * number)
        SQLQuery.objects.bulk_create([SQLQuery(query=sql, start_time=moment, end_time=end)])
    SQLQuery.objects.filter(request=None).update(request=found)
    Response.objects.create(request=found, status_code=200)
    return found


def table(*options: str) -> list[str]:
    said = StringIO()
    call_command("hotspots", *options, stdout=said)
    return said.getvalue().splitlines()


def test_a_spot_is_a_pattern_and_a_method_with_its_figures() -> None:
    for ms in (10, 20, 30):
        record(ms=ms, queries=("SELECT a", "SELECT b"))
    record("/airports", method="DELETE", ms=200)
    slowest, spot = hotspots()
    assert slowest == Hotspot("DELETE", "/airports", "view of /airports", 1, 200, 200, 200, 0, 0, 0, 0, "", 0, "")
    figures = (3, 20, pytest.approx(29), 60, 2, 2, 6)
    assert list(spot) == ["GET", "/airports", "view of /airports", *figures, 4, "SELECT b", 0, ""]


def test_the_same_query_again_and_again_in_one_request_is_a_suspect() -> None:
    record(queries=("SELECT a",) * 4 + ("SELECT b",) * 2 + ("SAVEPOINT s",) * 9 + ("RELEASE SAVEPOINT s",) * 9)
    record(queries=("SELECT b",) * 2)
    record("/imports", queries=("SELECT b",) * 2)
    spots = {spot.route: (spot.same_query_in_one_request, spot.same_query) for spot in hotspots()}
    assert spots == {"/airports": (4, "SELECT a"), "/imports": (0, "")}


def test_the_table_has_the_figures_the_slow_and_the_repeated() -> None:
    record(ms=20, queries=("SELECT a",) * 3)
    head, line, _, spot, slowest, same = table()
    assert head.split()[0] == "method"
    assert line.split() == ["GET", "/airports", "1", "20.0", "20.0", "3.0", "3", "12.0", "4.0", "3"]
    assert (spot, slowest, same) == ("GET /airports", "  slowest: SELECT a", "  3 times in one request: SELECT a")


def test_the_csv_has_every_spot_and_whole_queries() -> None:
    record(ms=20, queries=("SELECT a,\n'b'" + "x" * 500,) * 3)
    record("/imports", ms=1)
    rows = list(csv.DictReader(StringIO("\n".join(table("--format", "csv", "--top", "1")))))
    assert [(row["route"], row["calls"], row["p50_ms"], row["same_query_in_one_request"]) for row in rows] == [
        ("/airports", "1", "20.0", "3"),
        ("/imports", "1", "1.0", "0"),
    ]
    assert rows[0]["slowest_query"].endswith("x" * 500)


def test_only_the_last_hours_are_counted_where_they_are_asked_for() -> None:
    record(age=timedelta(hours=3))
    record("/imports")
    assert [line.split()[1] for line in table("--hours", "2")[1:2]] == ["/imports"]
    assert {spot.route for spot in hotspots()} == {"/airports", "/imports"}


@pytest.mark.parametrize("hours", ["0", "-1", "x", "nan", "1e30"])
def test_hours_that_are_none_are_refused(hours: str) -> None:
    with pytest.raises(CommandError):
        table("--hours", hours)


def test_with_nothing_recorded_it_says_how_to_begin() -> None:
    assert table() == ["Nothing is recorded. SILK_SHARE says which share of requests is (0 to 1)."]


def test_what_is_old_and_what_is_too_much_goes_with_all_that_hangs_on_it(settings: Any) -> None:
    settings.SILK_DAYS, settings.SILK_MAX_REQUESTS = 2, 3
    old = record(age=timedelta(days=3), queries=("SELECT a",))
    Profile.objects.create(request=old, name="x").queries.set(old.queries.all())
    for minutes in range(5):
        record(f"/{minutes}", age=timedelta(minutes=minutes), queries=("SELECT a",))
    assert (prune_profiles(), prune_profiles()) == (3, 0)
    assert set(Request.objects.values_list("path", flat=True)) == {"/0", "/1", "/2"}
    assert (SQLQuery.objects.count(), Response.objects.count(), Profile.objects.count()) == (3, 3, 0)


@pytest.mark.django_db(transaction=True)
def test_the_task_prunes(settings: Any) -> None:
    settings.SILK_DAYS = 0
    record(age=timedelta(seconds=1))
    prune_profiles_task.run()
    assert not Request.objects.exists()


def test_the_task_is_scheduled() -> None:
    found = PeriodicTask.objects.get(task=prune_profiles_task.name)
    assert (found.enabled, str(found.interval), found.expire_seconds) == (True, "every hour", 3600)
