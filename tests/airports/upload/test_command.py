"""`manage.py load_airports`."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from airports.management.commands import load_airports
from airports.models import Airport
from airports.package import package_csv
from tests.airports.builders import make_airport
from tests.airports.upload.builders import table, upload_bytes

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    """Where a bar can be drawn."""

    def isatty(self) -> bool:
        return True


def load(*arguments: str) -> tuple[str, str]:
    """What the command writes to standard output and to standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command("load_airports", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "airports.csv"
    path.write_bytes(table({"icao": "AAAA"}, {"name": "Other", "dst": "X"}))
    return path


def test_a_bad_row_fails_with_its_line(file: Path) -> None:
    err = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("load_airports", str(file), stderr=err)
    assert err.getvalue() == "line 3: dst: One of E, A, S, O, Z, N, U is expected.\n"
    assert not Airport.objects.exists()


def test_bad_rows_are_skipped_on_demand(file: Path) -> None:
    counts = "1 created, 0 updated, 0 unchanged, 0 displaced, 0 skipped deleted, 1 value rejected.\n"
    rejected = "line 3: dst: One of E, A, S, O, Z, N, U is expected.\n"
    assert load(str(file), "--on-error", "skip", "--dry-run") == (f"Would be: 2 rows, {counts}", rejected)
    assert not Airport.objects.exists()
    assert load(str(file), "--on-error", "skip") == (f"Airports: 2 rows, {counts}", rejected)
    assert Airport.objects.get().icao == "AAAA"


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match="No such file"):
        load("/nowhere.csv")


@pytest.mark.parametrize("arguments", [[], ["x.csv", "--package"]])
def test_it_takes_a_file_or_the_package(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        load(*arguments)


def test_nothing_is_loaded_beside_other_airports_on_demand(file: Path) -> None:
    make_airport()
    assert load(str(file), "--if-empty") == ("", "")
    assert Airport.objects.count() == 1


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(table({}))))
    assert load("-")[0].startswith("Airports: 1 row, 1 created")


@pytest.mark.parametrize(("size", "drawn"), [(30, "\r[##########                    ]  33% 7 rows"), (0, "\r7 rows")])
def test_a_bar_shows_how_much_was_read(size: int, drawn: str) -> None:
    screen = io.StringIO()
    bar = load_airports.ProgressBar(io.BytesIO(b"x" * 30), size=size, screen=screen)
    bar.read(10)
    bar.show(7)
    assert screen.getvalue() == drawn


def test_the_bar_is_drawn_on_a_terminal(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Any = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    call_command("load_airports", str(file), "--on-error", "skip", stdout=io.StringIO(), stderr=terminal)
    assert terminal.getvalue().startswith(f"\r[{'#' * 30}] 100% 2 rows\n")


def test_the_package_loads_once() -> None:
    first = upload_bytes(package_csv().read())
    assert (first.rows, first.created, first.rejected) == (28_298, 28_298, [])
    again = upload_bytes(package_csv().read())
    assert (again.rows, again.unchanged) == (28_298, 28_298)
    assert Airport.objects.filter(icao=None).count() == 13
    valencia = Airport.objects.get(icao="LEVC")
    assert (valencia.iata, valencia.country, valencia.tz) == ("VLC", "Spain", "Europe/Madrid")
    assert not Airport.objects.filter(country=None).exists()
