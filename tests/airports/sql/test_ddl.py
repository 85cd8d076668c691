"""The saved definition of the table."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests.airports.sql.ddl import COPY, FILE, current_ddl, program
from tests.server import database_url

ALONE = "airports_alone"


@pytest.mark.django_db
def test_the_saved_definition_is_what_the_migrations_make() -> None:
    assert FILE.read_text(encoding="utf-8") == current_ddl()


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[str]:
    """The address of a database without any table."""
    name = f"{connection.settings_dict['NAME']}_{ALONE}"
    _administer(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    yield database_url().rpartition("/")[0] + f"/{name}"
    _administer(f"DROP DATABASE {name}")


def test_it_stands_alone_and_psql_copies_a_file_of_openflights_into_it(empty_database: str, tmp_path: Path) -> None:
    (tmp_path / "airports.csv").write_text(
        "name,city,country,iata,icao,latitude,longitude,altitude,timezone,dst,tz,type,source\n"
        '"Goroka Airport","Goroka","Papua New Guinea",GKA,AYGA,-6.08,145.39,5282,10,U,Pacific/Port_Moresby,airport,X\n'
        "Nowhere,\\N,\\N,\\N,\\N,0,0,\\N,\\N,\\N,\\N,\\N,\\N\n"
    )
    answer = _psql(
        empty_database, "-f", str(FILE), "-c", COPY,
        "-c", "SELECT id, name, iata, dst, version, is_deleted, created_at <= now() FROM airports_airport ORDER BY id",
        folder=tmp_path,
    )  # fmt: skip
    assert answer == ["1|Goroka Airport|GKA|U|1|f|t", "2|Nowhere|||1|f|t"]


def _psql(url: str, *arguments: str, folder: Path) -> list[str]:
    command = [program("psql"), url, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]


def _administer(*statements: str) -> None:
    with closing(psycopg2.connect(database_url())) as opened:
        opened.autocommit = True
        with opened.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
