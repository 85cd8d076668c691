"""No page shows a text that no catalogue can translate.

`MARKS=/admin/imports/import/ pytest tests/languages/test_every_text.py` looks at the pages below an address alone.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from airports.countries import all_countries
from tests.admin.models import PAGES, person, row, signed_in
from tests.admin.test_crawl import walk
from tests.languages.marks import LANGUAGE, Marking, marking, texts_of, unmarked

COUNTRIES = [name for _code, name in all_countries(LANGUAGE)]
pytestmark = pytest.mark.django_db
# Names of people and things, of formats and zones: what is the same in every language.
DATA = (
    r"\b(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.*",
    rf"(?<!\w)({'|'.join(sorted(map(re.escape, COUNTRIES), key=len, reverse=True))})(?!\w)",
    r"\b(English|[eE]spañol|Русский|en|es|ru)\b",
    r"\b[0-9a-f]{15,}\b|\bCES?T\b|\b[a-z_]+\.[a-z_]+\b",
    r"\b(Somewhere|Manises|session|page|csv|xlsx|[dD]efault|unknown|telegram)\b",
    # A plan and who keeps it; who is told, and where.
    r"\b[pP]lan(ner)? \d+\b|\b[oO]wner\d+\b|\b(Viewers|Editors|Importers|Managers)\b",
    r"(?i:\b(example\.com|webhook\.test)\b|/webhooks/\d+)",
    r"\b([rR]oot|Demanda|Anna|Kyiv|Khreshchatyk|Python|JSON|NDJSON|CSV|XLSX|API|REST|OpenAPI|Redis|UTC|IATA|ICAO|Silk|tv)\b",
    r"(?i:\b(user|source|channel|town|task|lease|group)\d+)",
)


@pytest.fixture
def marked() -> Iterator[Marking]:
    """What is answered in Spanish has marks."""
    with marking() as catalogue:
        yield catalogue


@pytest.fixture
def reader() -> Client:
    """The browser of a superuser who reads Spanish."""
    client = signed_in(person("S"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    return client


def first_seen(pages: dict[str, str]) -> dict[str, str]:
    """Each text without marks, and the first of `pages` that shows it."""
    found: dict[str, str] = {}
    for path, html in pages.items():
        for text in unmarked(texts_of(html), DATA):
            found.setdefault(text, path)
    return found


def test_every_page_that_links_lead_to(marked: Marking, reader: Client) -> None:
    below = os.environ.get("MARKS", "/")
    for model in PAGES:
        row(model)
    pages: dict[str, Any] = {path: targets.html for path, _, targets in walk(reader)}
    wanted = {path: html for path, html in pages.items() if path.startswith(below)}
    found = first_seen(wanted)
    if found:
        pytest.fail("\n".join(f"{path}: {text}" for text, path in found.items()), pytrace=False)


@pytest.mark.parametrize(
    "path", ["login/", "password/forgotten/", "password/sent/", "password/set/1/1/", "second-factor/set-up/"]
)
def test_every_page_before_the_sign_in(marked: Marking, path: str) -> None:
    page = Client().get(f"/admin/{path}", HTTP_ACCEPT_LANGUAGE=LANGUAGE, follow=True)
    assert (page.status_code, unmarked(texts_of(page.content.decode()), DATA)) == (200, [])


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("auth/user/add/", {}), ("auth/user/add/", {"username": "root"}), ("accounts/apitoken/add/", {"user": "x"}),
        ("background/schedule/add/", {"how": "weekdays"}), ("preferences/", {}),
        ("preferences/", {"language": "de"}), ("password_change/", {"old_password": "x"}),
    ],
)  # fmt: skip
def test_what_a_form_answers(marked: Marking, reader: Client, path: str, sent: dict[str, str]) -> None:
    page = reader.post(f"/admin/{path}", sent, follow=True)
    assert (page.status_code, unmarked(texts_of(page.content.decode()), DATA)) == (200, [])
