"""Loading, reading, correcting and counting the residents of an import."""

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from imports.documents.copy import COLUMNS, copy_rows
from imports.models import Import
from imports.services.loading.load_document import store_residents
from imports.services.residents.find_in_delivery import suggested_residents
from tests.benchmarks.residents import document, residents
from tests.benchmarks.stage import Stage
from tests.benchmarks.timing import Row, median_of, medians_of_pair

RELATIONS = 1_000
JSON_ROWS = """COPY (
    SELECT row_to_json(citizen) FROM (
        SELECT citizen_id, town, street, building, apartment, name, to_char(birth_date, 'DD.MM.YYYY') AS birth_date,
            gender, relatives, friends, channel
        FROM imports_citizen WHERE import_id = {} ORDER BY citizen_id
    ) AS citizen
) TO STDOUT"""
_BIRTHDAYS = """
    SELECT channel, buyer, count(*) FROM imports_citizen, unnest(relatives || friends) AS buyer
    WHERE import_id = {} GROUP BY channel, buyer ORDER BY channel, buyer
"""
_PERCENTILES = """
    SELECT town, percentile_cont(ARRAY[0.5, 0.75, 0.99])
        WITHIN GROUP (ORDER BY extract(year FROM age((now() AT TIME ZONE 'UTC')::date, birth_date)))
    FROM imports_citizen WHERE import_id = {} GROUP BY town ORDER BY town COLLATE "C"
"""


def measure(stage: Stage, *, citizens: int, rounds: int) -> Iterator[Row]:
    """Everything at one size; beyond one JSON document the import is filled by the service behind the API."""
    if citizens <= 10_000:
        yield _load(stage, citizens, rounds)
    import_id = filled(citizens)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE imports_citizen")
    yield from _read(stage, import_id, citizens, rounds)
    yield _find(import_id, citizens, rounds * 3)
    yield from _correct(stage, import_id, citizens, rounds * 5)
    yield from _count(stage, import_id, citizens, rounds)


def _load(stage: Stage, citizens: int, rounds: int) -> Row:
    body = document(citizens, relations=RELATIONS)
    ready = _ready_file(stage.folder / "residents.copy", citizens)
    columns = ", ".join(COLUMNS)

    def ours() -> None:
        stage.client.expect(201, "POST", "/imports", body)

    def theirs() -> None:
        stage.psql(f"\\copy imports_citizen ({columns}) from '{next(ready)}'")

    mine, raw = medians_of_pair(ours, theirs, rounds=rounds)
    return Row(f"POST {citizens:,} residents ({len(body) / 1e6:.1f} MB) / psql \\copy", mine, raw, limit=2.5)


def _ready_file(path: Path, citizens: int) -> Iterator[str]:
    """The same rows as a file for COPY, for a new import each time."""
    rows = list(residents(citizens, relations=RELATIONS))
    while True:
        delivery = Import.objects.create(status=Import.Status.COMPLETE, completed_at=timezone.now())
        path.write_bytes(b"".join(copy_rows(rows, delivery.pk)))
        yield str(path)


def filled(citizens: int) -> int:
    """The id of an import with that many, a fifth of them related in pairs, and one of them to a thousand."""
    rows = list(residents(citizens, relations=max(RELATIONS, citizens // 10)))
    hub = rows[-1]
    # One resident with a thousand relations, each of them on both sides.
    for other in rows[-1001:-1]:
        hub.relatives.append(other.citizen_id)
        other.relatives.append(hub.citizen_id)
    return store_residents(rows, source="bench", actor=User.objects.get(username="bench")).pk


def _read(stage: Stage, import_id: int, citizens: int, rounds: int) -> Iterator[Row]:
    url = f"/imports/{import_id}/citizens"
    before = stage.memory()
    mine, raw = medians_of_pair(
        lambda: stage.client.drain(url),
        lambda: stage.psql(JSON_ROWS.format(import_id), into=subprocess.DEVNULL),
        rounds=rounds,
    )
    grown = (stage.memory() - before) / 2**20
    note = f"server +{grown:.0f} MiB"
    yield Row(f"GET {citizens:,} residents / psql COPY row_to_json", mine, raw, limit=2, note=note)
    yield Row(
        f"GET {citizens:,} residents, first byte",
        median_of(lambda: stage.client.first_byte(url), rounds=rounds),
        limit=50,
    )


def _find(import_id: int, citizens: int, rounds: int) -> Row:
    """Nobody is called so, which takes as long as any name that few have."""
    mine, raw = medians_of_pair(
        lambda: suggested_residents(import_id=import_id, who="Zoë"),
        lambda: _bare(f"SELECT count(*) FROM imports_citizen WHERE import_id = {import_id} AND apartment < 0"),
        rounds=rounds,
    )
    return Row(f"a name among {citizens:,} / one look at each resident", mine, raw, limit=3)


def _correct(stage: Stage, import_id: int, citizens: int, rounds: int) -> Iterator[Row]:
    flip = itertools.cycle(([3], [])).__next__
    url = f"/imports/{import_id}/citizens"
    alone, hub = citizens - 2000, citizens - 1

    def relatives() -> None:
        stage.client.expect(200, "PATCH", f"{url}/{alone}", {"relatives": [alone + i for i in flip()]})

    def name() -> None:
        stage.client.expect(200, "PATCH", f"{url}/{alone}", {"name": f"Somebody {next(counter)}"})

    def leave_hub() -> None:
        ids = list(range(hub - 1000, hub - next(counter) % 2))
        stage.client.expect(200, "PATCH", f"{url}/{hub}", {"relatives": ids})

    def hub_all() -> None:
        ids = list(range(hub - 1000, hub)) if next(counter) % 2 else []
        stage.client.expect(200, "PATCH", f"{url}/{hub}", {"relatives": ids})

    counter = itertools.count()
    of = f"of {citizens:,}"
    yield Row(f"PATCH relatives {of}", median_of(relatives, rounds=rounds), limit=10)
    yield Row(f"PATCH name {of}", median_of(name, rounds=rounds), limit=10)
    yield Row(f"PATCH one of 1,000 relatives {of}", median_of(leave_hub, rounds=rounds))
    yield Row(f"PATCH 1,000 relatives away and back {of}", median_of(hub_all, rounds=max(4, rounds // 5)))


def _count(stage: Stage, import_id: int, citizens: int, rounds: int) -> Iterator[Row]:
    for name, path, sql in (
        ("birthdays", "citizens/birthdays", _BIRTHDAYS),
        ("age percentiles", "towns/stat/percentile/age", _PERCENTILES),
    ):
        mine, raw = medians_of_pair(
            lambda path=path: stage.client.expect(200, "GET", f"/imports/{import_id}/{path}"),  # type: ignore[misc]  # bound now
            lambda sql=sql: _bare(sql.format(import_id)),  # type: ignore[misc]  # bound now
            rounds=rounds * 3,
        )
        yield Row(f"{name} of {citizens:,} / the bare SQL", mine, raw, limit=1.5)


def _bare(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchall()
