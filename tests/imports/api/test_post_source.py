"""POST /imports?source=: who supplies a delivery, and query parameters that do not exist."""

from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from imports.models import Import
from tests.imports.documents.builders import citizen
from tests.imports.world import counts, problem

pytestmark = pytest.mark.django_db

BODY = {"citizens": [citizen(1)]}


@pytest.mark.parametrize("source", ["a", "7", "Mairie de Paris", " a ", "Кадастр", "=x", "%", "a" * 64, "a\tb\n"])
def test_a_source_is_kept_exactly(manager: APIClient, source: str) -> None:
    source = source if source != "%" else "100 %"
    answer = manager.post(f"/imports?{urlencode({'source': source})}", BODY)
    assert answer.status_code == 201
    assert manager.get(answer["Location"]).json()["data"]["source"] == source


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("source=", "?source", "blank"),
        ("source=" + "a" * 65, "?source", "max_length"),
        ("source=%20-%20", "?source", "invalid"),
        ("source=%F0%9F%98%80", "?source", "invalid"),
        ("source=a%00", "?source", "null_characters_not_allowed"),
        ("source=a&source=b", "?source", "repeated_parameter"),
        ("sorce=a", "?sorce", "unknown_parameter"),
        ("dry_run=true", "?dry_run", "unknown_parameter"),
    ],
)
def test_a_query_that_is_not_valid_is_refused(manager: APIClient, query: str, pointer: str, code: str) -> None:
    assert problem(manager.post(f"/imports?{query}", BODY)) == (400, [(pointer, code)])
    assert counts() == (0, 0)


def test_without_a_source_it_is_the_default_one(manager: APIClient) -> None:
    manager.post("/imports", BODY)
    assert Import.objects.get().source == "default"
