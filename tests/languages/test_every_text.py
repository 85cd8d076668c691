"""No page shows a text that no catalogue can translate.

`MARKS=/admin/imports/import/ pytest tests/languages/test_every_text.py` looks at the pages below an address alone.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.admin.models import PAGES, person, row, signed_in
from tests.admin.test_crawl import walk
from tests.languages.marks import LANGUAGE, Marking, marking, texts_of, unmarked
from tests.server import ROOT

COUNTRIES = json.loads((ROOT / "airports" / "data" / "countries.json").read_text(encoding="utf-8"))
pytestmark = pytest.mark.django_db
# Names of people and things, of formats and zones: what is the same in every language.
DATA = (
    rf"\b({'|'.join(re.escape(country['name']) for country in COUNTRIES.values())})\b",
    r"\b(English|español|Русский|en|es|ru)\b",
    r"\b(root|Demanda|Anna|Kyiv|Khreshchatyk|Python|JSON|NDJSON|CSV|XLSX|API|REST|OpenAPI|UTC|IATA|ICAO|Silk)\b",
    r"\b(user|source|channel|town|task|lease|group)\d+",
    r"\b(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[\w/+-]+",
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
    found = first_seen({path: html for path, html in pages.items() if path.startswith(below)})
    if found:
        pytest.fail("\n".join(f"{path}: {text}" for text, path in found.items()), pytrace=False)
