"""The questions of analytics over 500 imports of 10,000 residents: each is another source's, so all are current.

As many towns and channels as the demo has, so the default question has 20,860 groups and the picture 41,720 segments.

Only what was counted is made, as a refresh leaves it; the 5,000,000 residents themselves are not, because no question
reads their table. What everybody may see is decided by the real rules for a hundred imports; each stands for five, the
sexes changed in every other one, because the rules take a fifth of a second each.
"""

import io
import json
import os
import statistics
from collections.abc import Iterator
from functools import partial
from itertools import chain, combinations, product
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from analytics.dimensions import grouping_of
from analytics.disclosure import published_masks
from analytics.lattice import World
from analytics.models import PublishedPlace, Spelling, TownPlace
from analytics.services.counting.settings import counting
from analytics.ties import OTHERS, REACHING
from config.common.accounts.services.tokens import issue_token
from tests.benchmarks.client import Client
from tests.benchmarks.stage import Stage
from tests.benchmarks.timing import Row, milliseconds

IMPORTS = 500
COUNTED = 100
RESIDENTS = 10_000
LIMIT_MS = 100
_TOWNS = [f"ciudad número {number} de la provincia de santa cruz" for number in range(298)]
# As many as the towns of the demo have; by name and country. The last towns are not placed.
_CITIES = [(f"Ciudad número {number}", f"{'ABCDEFGHIJ'[number % 10]}A") for number in range(247)]
_PLACED = 292
_CHANNELS = (
    "instagram",
    "tiktok",
    "youtube",
    "facebook",
    "radio",
    "newspaper",
    "poster",
    "unknown",
    "whatsapp",
    "fair",
)
_GENDERS = ("female", "male")
_TABLES = (
    "segment",
    "currentsegment",
    "publishedsegment",
    "segmenttie",
    "currenttie",
    "importdemand",
    "spelling",
    "publishedplace",
    "townplace",
)
_COUNTS = "residents, courses, buyers"
_SHOWN = "shown_residents, shown_courses, shown_buyers"
_COLUMNS = f"import_id, at_delivery, town, age_group, channel, gender, {_COUNTS}, {_SHOWN}, squares, published"
_QUESTIONS = (
    ("demand", LIMIT_MS),
    ("demand?group_by=town", None),
    ("demand?group_by=country", None),
    ("demand?group_by=town,age_group,channel", LIMIT_MS),
    ("demand?group_by=town,age_group,channel,gender", None),
    ("demand?channel=radio&group_by=town,age_group", None),
    ("demand?source=supplier%207", None),
    ("demand?group_by=source", None),
    ("opportunities", LIMIT_MS),
    ("cities", None),
    ("trend?source=supplier%207", None),
    ("trend", None),
)


def measure(stage: Stage, *, rounds: int) -> Iterator[Row]:
    """Each question as somebody who may see residents, and as somebody who may not."""
    fill()
    callers = {"editor": stage.client, "viewer": _viewer(stage)}
    for question, limit in _QUESTIONS:
        for role, client in callers.items():
            ask = partial(client.expect, 200, "GET", f"/analytics/{question}")
            answer = json.loads(ask())
            count = answer["count"] if "count" in answer else len(answer["features"])
            times = [milliseconds(ask) for _ in range(rounds * 2 if limit else rounds)]
            note = f"best {min(times):.1f}, {count:,} rows, load {os.getloadavg()[0]:.1f}"
            yield Row(f"GET /analytics/{question}, {role}", statistics.median(times), limit=limit, note=note)


def fill() -> None:
    """The tables of analytics as a refresh would leave them."""
    dice = np.random.default_rng(1)
    chances = _chances()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(f'analytics_{table}' for table in _TABLES)}")
        cursor.execute("DELETE FROM imports_import WHERE source LIKE 'supplier %'")
        cursor.execute(_IMPORTS, [IMPORTS])
        numbers = [row[0] for row in cursor.fetchall()]
        for number in numbers[:COUNTED]:
            _copy(cursor, number, dice.multinomial(RESIDENTS, chances), dice)
        for copies in range(1, IMPORTS // COUNTED):
            cursor.execute(_SWAPPED if copies % 2 else _SAME, [copies * COUNTED, numbers[:COUNTED]])
        _name_towns()
        for statement in _SUMS:
            cursor.execute(statement, {"scheme": counting().scheme})
        _tie(cursor)
        cursor.execute(f"VACUUM ANALYZE {', '.join(f'analytics_{table}' for table in _TABLES)}")


_ADDED = ", ".join(f"sum({name})" for name in f"{_COUNTS}, {_SHOWN}".split(", "))
_IMPORTS = """
    INSERT INTO imports_import (source, status, citizen_count, processed, errors, more_errors, attempts,
        stops_when_checked, differences, content_encoding, revision, created_at, completed_at)
    SELECT 'supplier ' || number, 'complete', 10000, 10000, '[]', 0, 1, false, '[]', '', 0, now(), now()
    FROM generate_series(1, %s) AS number RETURNING id
"""
_SAME = f"""
    INSERT INTO analytics_segment ({_COLUMNS})
    SELECT import_id + %s, {_COLUMNS.removeprefix("import_id, ")} FROM analytics_segment WHERE import_id = ANY(%s)
"""
_SWAPPED = _SAME.replace(
    "channel, gender, residents", "channel, CASE gender WHEN 'male' THEN 'female' ELSE 'male' END, residents"
).replace("CASE gender WHEN 'male' THEN 'female' ELSE 'male' END", "gender", 1)
_SUMS = (
    f"""
    INSERT INTO analytics_segment ({_COLUMNS})
    SELECT {_COLUMNS.replace("at_delivery", "true")} FROM analytics_segment
    """,
    """
    INSERT INTO analytics_currentsegment (town, age_group, channel, gender, residents, courses, buyers, squares)
    SELECT town, age_group, channel, gender, sum(residents), sum(courses), sum(buyers), sum(squares)
    FROM analytics_segment
    WHERE NOT at_delivery GROUP BY 1, 2, 3, 4
    """,
    f"""
    INSERT INTO analytics_publishedsegment (town, age_group, channel, gender, published, {_COUNTS}, {_SHOWN})
    SELECT town, age_group, channel, gender, published, {_ADDED}
    FROM analytics_segment WHERE NOT at_delivery GROUP BY 1, 2, 3, 4, 5
    """,
    f"""
    INSERT INTO analytics_importdemand (import_id, source, delivered_at, revision, scheme, is_current, as_of,
        refreshed_at, drawn_at, {_COUNTS}, {_SHOWN})
    SELECT import_id, source, created_at, revision, %(scheme)s, true, (now() AT TIME ZONE 'UTC')::date, now(), 0,
        {_ADDED}
    FROM analytics_segment JOIN imports_import ON imports_import.id = import_id WHERE NOT at_delivery
    GROUP BY import_id, source, created_at, revision
    """,
)


def _tie(cursor: Any) -> None:
    """Related residents of the picture, and of the one import that is asked for: as many pairs as courses."""
    cursor.execute("SELECT id FROM imports_import WHERE source = 'supplier 7'")
    one = cursor.fetchone()[0]
    sets = chain.from_iterable(combinations(OTHERS, size) for size in range(len(OTHERS) + 1))
    for keys, (place, named) in product(sets, ((0, ()), (grouping_of(["town"]), ("town",)), (REACHING, ()))):
        values = {"agrees": place | grouping_of(keys), "import": one}
        by = (*named, *keys)
        known = {name: name if name in by else nobody for name, nobody in _NOBODY.items()}
        cursor.execute(
            _TIES.format(table="currenttie", of="", by=", ".join(by), segments="currentsegment", where="", **known),
            values,
        )
        of, where = "import_id, at_delivery, ", "WHERE NOT at_delivery AND import_id = %(import)s"
        one_of = ", ".join(("import_id", "at_delivery", *by))
        cursor.execute(
            _TIES.format(table="segmenttie", of=of, by=one_of, segments="segment", where=where, **known), values
        )


_NOBODY = {"town": "''", "age_group": "-1", "channel": "''", "gender": "''"}
_TIES = """
    INSERT INTO analytics_{table} ({of}agrees, town, age_group, channel, gender, pairs, courses, others, products)
    SELECT {of}%(agrees)s, {town}, {age_group}, {channel}, {gender}, sum(courses), 2 * sum(courses), 2 * sum(courses),
        5 * sum(courses)
    FROM analytics_{segments} {where} GROUP BY GROUPING SETS (({by})) HAVING sum(courses) > 0
"""


def _chances() -> Any:
    """Of a resident to be in each segment: towns and channels are of very different size."""
    towns = 1 / np.arange(1, len(_TOWNS) + 1) ** 0.8
    channels = 1 / np.arange(1, len(_CHANNELS) + 1) ** 0.5
    ages = np.array([0.18, 0.10, 0.15, 0.16, 0.15, 0.12, 0.14])
    chances = np.einsum("i,j,k,l->ijkl", towns, ages, channels, np.ones(len(_GENDERS))).ravel()
    return chances / chances.sum()


def _places() -> dict[str, tuple[str, str]]:
    """City and country of each town, both empty where it is not placed."""
    return {
        town: _CITIES[number % len(_CITIES)] if number < _PLACED else ("", "") for number, town in enumerate(_TOWNS)
    }


def _name_towns() -> None:
    """What is known of the towns and channels: their spellings and places."""
    PublishedPlace.objects.bulk_create(
        PublishedPlace(town=town, city=city, country=country) for town, (city, country) in _places().items()
    )
    TownPlace.objects.bulk_create(
        TownPlace(
            town=town, city=city, country=country, method="name" if city else "unplaced",
            latitude=10.0 if city else None, longitude=20.0 if city else None, placed_at=timezone.now(),
        )
        for town, (city, country) in _places().items()
    )  # fmt: skip
    Spelling.objects.bulk_create(
        Spelling(kind=kind, fold=name, spelling=name.title(), residents=1, delivered=1)
        for kind, names in (("town", _TOWNS), ("channel", _CHANNELS))
        for name in names
    )


def _copy(cursor: Any, import_id: int, residents: Any, dice: Any) -> None:
    shape = (len(_TOWNS), 7, len(_CHANNELS), len(_GENDERS))
    there = np.flatnonzero(residents)
    keys = [
        (_TOWNS[town], int(age), _CHANNELS[channel], _GENDERS[gender])
        for town, age, channel, gender in zip(*np.unravel_index(there, shape), strict=True)
    ]
    counts = residents[there].tolist()
    courses = dice.poisson(1.5 * residents[there]).tolist()
    buyers = [min(count, bought) for count, bought in zip(counts, courses, strict=True)]
    places = {town: (country, city or town) for town, (city, country) in _places().items()}
    world = World([(*places[key[0]], *key) for key in keys], counts, buyers)
    masks = published_masks(world, small=counting().small_segment)
    lines = []
    for key, count, bought, buying, mask in zip(keys, counts, courses, buyers, masks, strict=True):
        counted = (count, bought, buying)
        line = (import_id, "f", *key, *counted, *counted, 3 * bought, mask)
        lines.append("\t".join(map(str, line)) + "\n")
    cursor.copy_expert(f"COPY analytics_segment ({_COLUMNS}) FROM STDIN", io.StringIO("".join(lines)))


def _viewer(stage: Stage) -> Client:
    return Client(stage.server.url, issue_token(username="bench-viewer", role="Viewers")[1])
