"""What the bench reports, and what it judges."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.timing import Report, Row


def test_each_row_is_printed_and_written_before_the_next_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, named = tmp_path / "rows.json", list[str]()
    report = Report(file)
    capsys.readouterr()
    for row in (Row("one", 3, 2, limit=1), Row("two", 4)):
        report.add(row)
        named.append(row.name)
        assert capsys.readouterr().out.startswith(row.name)
        assert [row["name"] for row in json.loads(file.read_text())] == named
    assert [(row["ratio"], row["holds"]) for row in json.loads(file.read_text())] == [(1.5, False), (None, None)]
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("slack", "over"), [(1, ["ratio", "time"]), (2, ["time"]), (4, [])])
def test_a_limit_is_for_the_ratio_or_without_one_for_the_time(slack: float, over: list[str]) -> None:
    report = Report()
    for row in (Row("ratio", 30, 20, limit=1), Row("time", 30, limit=10), Row("kept", 1, limit=1), Row("free", 99)):
        report.add(row)
    assert [row.name for row in report.over(slack)] == over
