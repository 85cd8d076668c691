"""What is said of the memory of a load run."""

import csv
import os
import time
from pathlib import Path

import psutil
import pytest

from tests.load.memory import Sample, name_of, summary, table, trend, watching

GUNICORN = ["python", "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application"]
HOUR = 3600


def samples(memory: list[float], *, name: str = "beat", pid: int = 7) -> list[Sample]:
    """One each ten seconds."""
    return [Sample(10.0 * number, name, pid, value, value / 2, value / 4, 1) for number, value in enumerate(memory)]


def test_a_straight_line_has_its_slope_an_hour_and_no_error() -> None:
    seconds = [10.0 * number for number in range(60)]
    assert trend(seconds, [100 + second / HOUR * 36 for second in seconds]) == pytest.approx((36, 0))


def test_few_samples_have_no_slope() -> None:
    assert trend([0.0, 10.0], [1.0, 2.0]) == (None, None)


def test_what_fills_at_the_beginning_is_no_growth() -> None:
    (row,) = summary(samples([100.0 + min(number, 30) for number in range(100)]))
    assert (row.begin, row.end, row.most) == (100, 130, 130)
    assert row.slope == pytest.approx(0)


def test_a_leak_is_growth() -> None:
    (row,) = summary(samples([100.0 + number for number in range(100)]))
    assert row.slope == pytest.approx(360)


def test_sessions_of_postgresql_are_one_row_by_what_they_share() -> None:
    rows = summary(samples([8.0] * 3, name="PostgreSQL", pid=1) + samples([16.0] * 3, name="PostgreSQL", pid=2))
    assert {row.name: row.end for row in rows} == {"PostgreSQL, all (PSS)": 12, "PostgreSQL, private": 6}


def test_processes_of_one_name_have_a_row_each() -> None:
    rows = summary(samples([1.0], pid=1) + samples([2.0], pid=2))
    assert [(row.name, row.end) for row in rows] == [("beat 1", 1), ("beat 2", 2)]
    assert len(table(rows).splitlines()) == 3


@pytest.mark.parametrize(
    ("command", "parent", "name"),
    [
        (GUNICORN, ["python", "-m", "config.embedded.run"], "web server"),
        (GUNICORN, GUNICORN, "web server, process"),
        ([*GUNICORN, "--workers", "1", "--threads", "4"], ["python", "-m", "config.embedded.run"], "health server"),
        (["nginx: worker process"], ["nginx: master process /nginx -p /tmp"], "front"),
        (["python", "-m", "celery", "worker", "-n", "urgent@%h"], ["python"], "urgent worker"),
        (["python", "-m", "celery", "-A", "config.celery", "--quiet", "beat", "--pidfile="], ["python"], "beat"),
        (["postgres: demanda demanda [local] idle"], ["/bin/postgres", "-D"], "PostgreSQL"),
        ([], ["python"], "gone"),
    ],
)
def test_processes_have_the_names_that_people_use(command: list[str], parent: list[str], name: str) -> None:
    assert name_of(command, parent) == name


def test_watching_writes_each_look_of_each_process(tmp_path: Path) -> None:
    path = tmp_path / "memory.csv"
    with watching([psutil.Process()], path, every=0.01) as found:
        time.sleep(0.1)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found) > 1
    assert {row["pid"] for row in rows} >= {str(os.getpid())}
    assert all(float(row["rss"]) > 1 for row in rows if row["pid"] == str(os.getpid()))
