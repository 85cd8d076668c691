"""GET /imports and GET /imports/{id}."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from imports.models import Import
from tests.factories import ImportFactory
from tests.imports.world import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def imports() -> list[int]:
    """Ids of three live imports, oldest first; a deleted one is among them in the table."""
    makers = [User.objects.create_user(name) for name in ("anna", "boris")]
    rows = [
        ImportFactory(source="a", created_by=makers[0]),
        ImportFactory(source="b", created_by=makers[1], status=Import.Status.LOADING),
        ImportFactory(source="a", deleted_at=timezone.now()),
        ImportFactory(source="a"),
    ]
    return [row.pk for row in rows if row.deleted_at is None]


def ids(client: APIClient, query: str = "") -> list[int]:
    answer = client.get(f"/imports{query}")
    assert answer.status_code == 200
    return [row["import_id"] for row in answer.json()["data"]]


def test_the_newest_comes_first_and_deleted_ones_do_not(manager: APIClient, imports: list[int]) -> None:
    assert ids(manager) == imports[::-1]
    assert manager.get("/imports").json()["count"] == 3


def test_a_list_is_filtered_by_source_and_status(manager: APIClient, imports: list[int]) -> None:
    assert ids(manager, "?source=a") == [imports[2], imports[0]]
    assert ids(manager, "?status=loading") == [imports[1]]
    assert ids(manager, "?source=a&status=loading") == []


def test_a_list_comes_in_pages(manager: APIClient, imports: list[int]) -> None:
    page = manager.get("/imports?limit=2&source=a").json()
    assert (len(page["data"]), page["count"], page["previous"]) == (2, 2, None)
    page = manager.get("/imports?limit=2").json()
    assert [row["import_id"] for row in page["data"]] == [imports[2], imports[1]]
    assert [row["import_id"] for row in manager.get(page["next"]).json()["data"]] == [imports[0]]


def test_the_makers_are_named(manager: APIClient, imports: list[int]) -> None:
    rows = manager.get("/imports").json()["data"]
    assert [row["created_by"] for row in rows] == [None, "boris", "anna"]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("status=done", "?status", "invalid_choice"),
        ("state=loading", "?state", "unknown_parameter"),
        ("source=a%00", "?source", "null_characters_not_allowed"),
    ],
)
def test_a_filter_that_is_not_valid_is_refused(manager: APIClient, query: str, pointer: str, code: str) -> None:
    assert problem(manager.get(f"/imports?{query}")) == (400, [(pointer, code)])


def test_as_csv_the_whole_filtered_list_comes(manager: APIClient, imports: list[int]) -> None:
    answer = manager.get("/imports?source=a&format=csv&limit=1")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))
    assert [(row["import_id"], row["source"], row["created_by"]) for row in rows] == [
        (str(imports[2]), "a", ""),
        (str(imports[0]), "a", "anna"),
    ]


def test_a_list_costs_as_many_queries_for_three_imports_as_for_one(
    manager: APIClient, django_assert_num_queries: object
) -> None:
    ImportFactory(created_by=User.objects.create_user("anna"))
    manager.get("/imports")  # writes down that the token was used
    with django_assert_num_queries(3):  # type: ignore[operator]  # the fixture's type is private
        manager.get("/imports")
    ImportFactory.create_batch(2, created_by=User.objects.create_user("boris"))
    with django_assert_num_queries(3):  # type: ignore[operator]  # the fixture's type is private
        manager.get("/imports")


@pytest.mark.parametrize("import_id", ["0", "999999", "x", "1.0", "-1", "٣", "9" * 19, "9" * 100, "%00", "1%20"])
def test_an_import_that_does_not_exist_is_404(manager: APIClient, import_id: str) -> None:
    for url in ("", "/citizens", "/citizens/1", "/citizens/birthdays", "/towns/stat/percentile/age"):
        assert manager.get(f"/imports/{import_id}{url}").status_code == 404
    assert manager.delete(f"/imports/{import_id}").status_code == 404
    assert manager.patch(f"/imports/{import_id}/citizens/1", {"name": "x"}).status_code == 404
