"""Numbers are written as the reader's language has them where people read them, and nowhere else."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.utils.formats import date_format, number_format
from django.utils.translation import override

from tests.admin.models import PAGES, person, row, signed_in
from tests.admin.test_crawl import walk

pytestmark = pytest.mark.django_db
# Attributes that people read or hear.
_READ = {"title", "aria-label", "placeholder", "alt", "label", "content", "data-label"}
# A thousand in English, Spanish and Russian, or as an address writes it.
_GROUPED = re.compile(r"(?<![\d.])1(?:[.,\xa0\u202f]|%C2%A0|&nbsp;)\d{3}(?!\d)")


class Written(HTMLParser):
    """What a page writes for programs: attributes, and what stands in scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.found += [f"{name}={value}" for name, value in attrs if name not in _READ and value]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.found.append(data)


@pytest.fixture
def large_ids(db: None) -> Iterator[None]:
    """The next row of each table has an id above a thousand. Sequences know no transaction: they are put back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences")
        before = cursor.fetchall()
        cursor.executemany("SELECT setval(%s, %s)", [(name, 1_233) for name, _ in before])
    yield
    with connection.cursor() as cursor:
        cursor.executemany("SELECT setval(%s, %s, %s)", [(name, last or 1, last is not None) for name, last in before])


@pytest.mark.parametrize("language", ["es", "ru", "en"])
def test_no_number_that_programs_read_has_its_thousands_apart(language: str, large_ids: None) -> None:
    for model in PAGES:
        row(model)
    client = signed_in(person("S"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    found: dict[str, Any] = {}
    statuses: dict[str, int] = {}
    for path, status, targets in walk(client):
        if wrong := [text for text in Written(targets.html).found if _GROUPED.search(text)]:
            found[path] = wrong
        statuses[path] = status
    assert found == {}
    # A link with a number that nobody can read leads nowhere.
    assert {path: status for path, status in statuses.items() if status not in {200, 302, 405}} == {}
    assert sum("123" in path for path in statuses) > 20


@pytest.mark.parametrize(("language", "written"), [("en", "1,234"), ("es", "1\xa0234"), ("ru", "1\xa0234")])
def test_people_read_it_in_their_way(language: str, written: str) -> None:
    text = f'<a href="/x/{written}">{written}</a><script>{{"a": "{written}"}}</script><p title="{written}">1234</p>'
    found = [one for one in Written(text).found if _GROUPED.search(one)]
    assert found == [f"href=/x/{written}", f'{{"a": "{written}"}}']


@pytest.mark.parametrize(
    ("language", "date", "number"),
    [
        ("en", "3 May 2026, 09:05", "1,234,567.5"),
        ("es", "3 may 2026, 09:05", "1\xa0234\xa0567,5"),
        ("ru", "3 мая 2026, 09:05", "1\xa0234\xa0567,5"),
    ],
)
def test_dates_and_numbers_have_their_formats(language: str, date: str, number: str) -> None:
    with override(language):
        assert date_format(datetime(2026, 5, 3, 9, 5, tzinfo=UTC), "DATETIME_FORMAT") == date
        assert number_format(1_234_567.5) == number
