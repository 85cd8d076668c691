"""`/create`, `/update` and `/delete`."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from airports.models import Airport
from tests.airports.api.test_airports import errors
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db


def test_create_makes_an_airport(manager: APIClient) -> None:
    made = manager.put("/create", VALENCIA)
    assert [made.status_code, made["Location"]] == [201, f"/airports/{made.json()['data']['id']}"]
    assert Airport.objects.get().name == "Valencia Airport"


def test_update_changes_the_airport_that_it_names(manager: APIClient) -> None:
    airport, other = make_valencia(), make_airport("Other")
    answer = manager.patch("/update", {"id": airport.pk, "city": "X"})
    assert [answer.status_code, answer.json()["data"]["city"], answer["ETag"]] == [200, "X", '"2"']
    assert [Airport.objects.get(pk=other.pk).version, Airport.objects.get(pk=airport.pk).city] == [1, "X"]


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        ({"city": "X"}, 400, [("/id", "required")]),
        ({"id": "1", "city": "X"}, 400, [("/id", "invalid_type")]),
        ({"id": True, "city": "X"}, 400, [("/id", "invalid_type")]),
        ({"id": 99, "bad": 1}, 404, []),
        ({"id": -1, "city": "X"}, 404, []),
        ({"id": 10**30, "city": "X"}, 404, []),
    ],
)
def test_update_refuses(manager: APIClient, body: dict[str, object], status: int, found: list[tuple[str, str]]) -> None:
    answer = manager.patch("/update", body)
    assert [answer.status_code, errors(answer)] == [status, found]


def test_update_names_every_offending_value(manager: APIClient) -> None:
    answer = manager.patch("/update", {"id": make_valencia().pk, "latitude": 91, "x": 1, "version": 3})
    assert [answer.status_code, errors(answer)] == [
        400,
        [("/latitude", "out_of_range"), ("/x", "unknown_field"), ("/version", "read_only")],
    ]
    assert manager.patch("/update", {"id": Airport.objects.get().pk}).status_code == 400


def test_verbs_keep_to_the_version_that_the_caller_knows(manager: APIClient) -> None:
    airport = make_valencia()
    answers = [
        manager.patch("/update", {"id": airport.pk, "city": "X"}, HTTP_IF_MATCH='"2"'),
        manager.delete(f"/delete?id={airport.pk}", HTTP_IF_MATCH='"2"'),
        manager.get(f"/delete?id={airport.pk}", HTTP_IF_MATCH='"2"'),
    ]
    assert [answer.status_code for answer in answers] == [412] * 3


def test_delete_deletes_for_good(manager: APIClient) -> None:
    airport = make_valencia()
    assert manager.delete(f"/delete?id={airport.pk}").status_code == 204
    assert not Airport.objects.exists()


def test_the_link_of_delete_sets_the_flag_and_is_kept_by_nobody(manager: APIClient) -> None:
    airport = make_valencia()
    answer = manager.get(f"/delete?id={airport.pk}")
    assert [answer.status_code, answer["Cache-Control"], answer.json()["data"]["is_deleted"]] == [200, "no-store", True]
    assert Airport.objects.get().is_deleted


def test_a_link_does_nothing_with_the_session_of_a_browser(superuser: User, client: Client) -> None:
    airport = make_valencia()
    client.force_login(superuser)
    assert client.get(f"/airports/{airport.pk}").status_code == 200
    assert client.get(f"/delete?id={airport.pk}").status_code == 401
    assert not Airport.objects.get().is_deleted


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("?id=", 400), ("?id=1&x=1", 400), ("?id=1&id=1", 400), ("?id=x", 404)]
)
def test_delete_reads_one_id(manager: APIClient, query: str, status: int) -> None:
    assert [manager.get(f"/delete{query}").status_code, manager.delete(f"/delete{query}").status_code] == [status] * 2


@pytest.mark.parametrize("url", ["/create", "/update", "/delete"])
def test_head_does_not_do_what_a_get_would(manager: APIClient, url: str) -> None:
    answer = manager.head(f"{url}?id={make_valencia().pk}")
    assert answer.status_code == 405
    assert "HEAD" not in answer["Allow"]
    assert not Airport.objects.get().is_deleted
