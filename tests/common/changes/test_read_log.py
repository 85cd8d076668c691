"""Reading the change log: filters, pages, tables, and how long it takes."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.common.changes.models import RecordedChange
from config.common.changes.services.read_log import page_of, position_in, read_page, streams
from config.common.changes.services.streams import Asked
from config.common.privacy.models import ReadAudit
from config.common.privacy.readers import Reader
from imports.models import Channel, Correction, Source
from imports.services.erasing.erase_delivery import erase_delivery, scrub_erased_deliveries
from imports.services.erasing.erase_resident import erase_resident
from imports.services.naming.change_named import create_named
from tests.common.changes.world import URL, corrected, log, residents
from tests.common.helpers import one_airport
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load

pytestmark = pytest.mark.django_db
READER = Reader(account_id=None, username="", via="command")


@pytest.fixture
def manager() -> User:
    return somebody("Managers", "Marta")


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 4),
        ({"people": frozenset({"Marta"})}, 2),
        ({"people": frozenset({"Marta", "nobody"})}, 2),
        ({"people": frozenset({"nobody"})}, 0),
        ({"kinds": frozenset({"imports.citizen"})}, 2),
        ({"kinds": frozenset({"imports.citizen", "imports.import"})}, 4),
        ({"kinds": frozenset({"imports.import"})}, 2),
        ({"kinds": frozenset({"auth.group"})}, 0),
        ({"field": "channel"}, 1),
        ({"field": "nothing"}, 0),
        ({"source": "OFFICE"}, 2),
        ({"words": "lviv"}, 1),
        ({"words": "off"}, 1),
        ({"words": "100 %"}, 0),
    ],
)
def test_each_filter_finds_what_it_says(manager: User, asked: dict[str, Any], count: int) -> None:
    create_named(Source, values={"name": "Office"}, actor=None)
    RecordedChange.objects.all().delete()
    office, other = load(residents(), source="Office", actor=manager), load(residents(), source="other")
    corrected(office, actor=manager, town="Lviv")
    corrected(other, channel="radio")
    assert len(log(manager, **asked)) == count


def test_times_are_whole_days(manager: User) -> None:
    import_id = load(residents())
    corrected(import_id, town="Lviv")
    Correction.objects.update(corrected_at=timezone.localtime().replace(hour=0, minute=0) - timedelta(days=1))
    client, today = browser(manager), timezone.localdate()
    yesterday = today - timedelta(days=1)

    several = client.get(URL, {"kind": ["imports.citizen", "imports.import"], "person": "nobody, marta"})
    assert (several.context["form"].errors, several.context["form"].asked().people) == ({}, {"nobody", "marta"})

    def count(**days: Any) -> int:
        return len(client.get(URL, {"kind": "imports.citizen", **days}).context["entries"])

    assert (count(since=yesterday), count(since=today), count(until=yesterday)) == (1, 0, 1)
    assert count(until=yesterday - timedelta(days=1)) == 0
    assert "Enter a valid date" in text(client.get(URL, {"since": "x"}))


def test_values_that_an_erasure_scrubs_are_gone_from_the_log_too(manager: User) -> None:
    one, other = load(residents(2)), load(residents(2))
    for import_id in (one, other):
        corrected(import_id, town="Lviv")
        corrected(import_id, 2, town="Lviv", relatives=[1])
    erase_resident(import_id=one, citizen_id=1, actor=None, reader=READER)
    erase_delivery(import_id=other, actor=None)
    scrub_erased_deliveries()
    page = text(browser(manager).get(URL))
    assert (page.count("Lviv"), page.count("erased</li>") > 0, page.count("/citizen/undo/")) == (1, True, 1)
    assert f"Resident 1 of delivery {one}" not in page


def test_pages_follow_each_other_without_a_gap_also_within_one_moment(manager: User) -> None:
    import_id = load(residents(3))
    for number in (1, 2, 3, 1, 2, 3):
        corrected(import_id, number, town=f"Town {Correction.objects.count()}")
    create_named(Channel, values={"name": "tv"}, actor=None)
    moment = timezone.now()
    Correction.objects.update(corrected_at=moment)
    RecordedChange.objects.update(at=moment)
    whole = read_page(asked=Asked(), user=manager, size=100)
    after, found = None, []
    while True:
        page = read_page(asked=Asked(), user=manager, size=2, after=after)
        found += page.entries
        if page.after is None:
            break
        after = position_in(str(page.after))
    assert (found, whole.after, len(found) > 8) == (whole.entries, None, True)


@pytest.mark.parametrize(
    "after", ["x", "2026-01-01_0_1", "2026-01-01T00:00:00+00:00_0", "2026-01-01T00:00:00+00:00_-1_2"]
)
def test_a_position_that_is_none_is_the_first_page(manager: User, after: str) -> None:
    assert position_in(after) is None
    assert browser(manager).get(URL, {"after": after}).status_code == 200


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_listed_is_taken_away_and_that_is_written_down(manager: User, format: str) -> None:
    import_id = load(residents(), source="office")
    corrected(import_id, actor=manager, town="=Lviv", channel="tv")
    answer = browser(manager).get(f"{URL}export/{format}/", {"kind": "imports.citizen"})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a stream
    assert ReadAudit.objects.get(format=format).citizen_id == 1
    if format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert [row[1:] for row in rows[1:]] == [
            ["Marta", "Resident", f"Resident 1 of delivery {import_id}", "corrected", "Town", "Kiev", "'=Lviv"],
            [
                "Marta",
                "Resident",
                f"Resident 1 of delivery {import_id}",
                "corrected",
                "Channel",
                people(1)[0]["channel"],
                "tv",
            ],
        ]
    assert browser(manager).get(f"{URL}export/pdf/").status_code == 404


def test_a_page_is_written_down_as_read_before_it_is_shown(manager: User) -> None:
    import_id = load(residents())
    corrected(import_id, town="Lviv")
    browser(manager).get(URL)
    assert ReadAudit.objects.filter(import_id=import_id, citizen_id=1, what="listed").count() == 1


def test_a_page_of_corrections_is_read_by_the_index_from_where_the_last_one_ended(manager: User) -> None:
    import_id = load(residents())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO imports_correction (import_id, citizen_id, changes, corrected_at)"
            ' SELECT %s, 1, \'{"town": {"from": "a", "to": "b"}}\', now() - n * interval \'1 minute\''
            " FROM generate_series(1, 20000) AS n",
            [import_id],
        )
        cursor.execute("ANALYZE imports_correction")
    number = next(n for n, stream in enumerate(streams()) if type(stream).__name__ == "CorrectionStream")
    after = read_page(asked=Asked(kinds=frozenset({"imports.citizen"})), user=manager).after
    for position in (None, after):
        plan = page_of(streams()[number], number, Asked(), manager, position)[:51].explain()
        assert "correction_logged" in plan, plan
        assert "Seq Scan on imports_correction" not in plan, plan
        assert "Sort" not in plan, plan


def test_a_page_asks_as_often_for_many_lines_as_for_one(manager: User, one_query_each: Callable[[], int]) -> None:
    import_id = load(residents(3))
    corrected(import_id, town="Lviv")
    one_airport()
    first = one_query_each()
    for number in (1, 2, 3):
        corrected(import_id, number, town=f"x{number}")
        create_named(Channel, values={"name": f"tv{number}"}, actor=manager)
    assert one_query_each() == first


@pytest.fixture
def one_query_each(manager: User) -> Callable[[], int]:
    """How many queries the page makes."""
    client = browser(manager)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    return count
