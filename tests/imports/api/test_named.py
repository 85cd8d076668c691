"""`/sources` and `/channels` over HTTP."""

import csv
import io
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from config.common.http.site import openapi_document
from imports.models import Channel, Import, Source
from tests.factories import people
from tests.imports.world import load, problem

pytestmark = pytest.mark.django_db
SOURCE = {"name": "consulates", "aliases": ["Consulados"], "contact": "Ana", "sends": "monthly"}


def made(client: APIClient, url: str, body: dict[str, Any]) -> str:
    answer = client.post(url, body)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def test_a_source_is_made_read_replaced_changed_and_removed(manager: APIClient) -> None:
    where = made(manager, "/sources", SOURCE)
    data = manager.get(where).json()["data"]
    assert data == SOURCE | {
        "id": int(where.rpartition("/")[2]), "uploaders": [], "current_import": None, "created_at": data["created_at"],
    }  # fmt: skip
    # What a GET returned can be sent back.
    assert manager.put(where, data).json()["data"] == data
    number = load(people(2), source="CONSULADOS")
    changed = manager.patch(where, {"uploaders": ["managers"]}).json()["data"]
    assert (changed["uploaders"], changed["contact"], changed["current_import"]) == (["managers"], "Ana", number)
    replaced = manager.put(where, {"name": "Consulates"}).json()["data"]
    assert (replaced["aliases"], replaced["contact"], replaced["uploaders"]) == ([], "", [])
    assert replaced["current_import"] is None
    assert manager.delete(where).status_code == 204
    assert manager.get(where).status_code == 404
    assert [row["name"] for row in manager.get("/sources").json()["data"]] == ["Consulados"]
    assert manager.delete(f"/sources/{Source.objects.get().pk}").status_code == 409


def test_a_copy_that_is_stale_writes_nothing_and_one_that_holds_saves_a_read(manager: APIClient) -> None:
    where = made(manager, "/channels", {"name": "instagram"})
    tag = manager.get(where).headers["ETag"]
    assert manager.get(where, HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert manager.patch(where, {"aliases": ["IG"]}, HTTP_IF_MATCH=tag).status_code == 200
    refused = [
        manager.patch(where, {"name": "x"}, HTTP_IF_MATCH=tag).status_code,
        manager.put(where, {"name": "x"}, HTTP_IF_MATCH=tag).status_code,
        manager.delete(where, HTTP_IF_MATCH=tag).status_code,
    ]
    assert (refused, manager.get(where).json()["data"]["name"]) == ([412] * 3, "instagram")


def test_a_source_is_always_read_anew_and_the_document_says_so(manager: APIClient) -> None:
    where = made(manager, "/sources", SOURCE)
    tag = manager.get(where).headers["ETag"]
    assert manager.get(where, HTTP_IF_NONE_MATCH=tag).status_code == 200
    paths = openapi_document()["paths"]
    reads = {name: paths[f"/{name}s/{{{name}_id}}"]["get"] for name in ("source", "channel")}
    headers = {
        name: [one["name"] for one in read["parameters"] if one["in"] == "header"] for name, read in reads.items()
    }
    assert headers == {"source": [], "channel": ["If-None-Match"]}
    assert {name: "304" in read["responses"] for name, read in reads.items()} == {"source": False, "channel": True}


def test_an_alias_has_no_page_of_its_own_and_is_found_with_its_thing(manager: APIClient) -> None:
    made(manager, "/channels", {"name": "tiktok"})
    where = made(manager, "/channels", {"name": "instagram", "aliases": ["Insta", "tiktok"]})
    alias = Channel.objects.get(name="tiktok").pk
    assert manager.get(f"/channels/{alias}").status_code == 404
    found = [manager.get(f"/channels?name={name}").json()["data"] for name in ("INSTA", "TikTok", "instagram", "none")]
    assert [[row["id"] for row in rows] for rows in found] == [[int(where.rpartition("/")[2])]] * 3 + [[]]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/name", "required")]),
        ({"name": 7}, [("/name", "invalid_type")]),
        ({"name": "a" * 65}, [("/name", "max_length")]),
        ({"name": "--"}, [("/name", "invalid")]),
        ({"name": "a", "aliases": "b"}, [("/aliases", "not_a_list")]),
        ({"name": "a", "aliases": ["b", None, 3]}, [("/aliases/1", "null"), ("/aliases/2", "invalid_type")]),
        ({"name": "a", "aliases": ["b", "\u0000"]}, [("/aliases/1", "null_characters_not_allowed")]),
        ({"nam": "a", "name": "a"}, [("/nam", "unknown_field")]),
        ({"name": "a", "uploaders": ["nobody"]}, [("/uploaders/0", "unknown_user")]),
    ],
)
def test_every_wrong_value_is_named_and_nothing_is_stored(
    manager: APIClient, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    assert problem(manager.post("/sources", body)) == (400, errors)
    assert Source.objects.count() == 0


def test_a_change_of_nothing_and_a_name_that_is_taken_are_refused(manager: APIClient) -> None:
    where = made(manager, "/channels", {"name": "a", "aliases": ["b"]})
    assert problem(manager.patch(where, {})) == (400, [("", "required")])
    assert problem(manager.post("/channels", {"name": "B"})) == (409, [("/name", "duplicate_name")])
    refused = manager.post("/channels", [1])
    assert problem(refused) == (400, [("", "invalid_type")])


def test_the_list_is_ordered_by_code_point_comes_in_pages_and_as_csv(manager: APIClient) -> None:
    for name in ("b", "é", "Z"):
        made(manager, "/sources", {"name": name, "aliases": [f"{name}1", f"=1+{name}"]})
    page = manager.get("/sources?limit=2").json()
    assert ([row["name"] for row in page["data"]], page["count"]) == (["Z", "b"], 3)
    answer: Any = manager.get("/sources?format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["name"] for row in rows] == ["Z", "b", "é"]
    assert rows[0]["aliases"] == "'=1+Z; Z1"


def test_a_list_takes_as_many_queries_for_many_as_for_one(manager: APIClient, django_assert_num_queries: Any) -> None:
    made(manager, "/sources", {"name": "first"})
    manager.get("/sources")
    for number in range(3):
        with django_assert_num_queries(5):
            assert manager.get("/sources").json()["count"] == number + 1
        made(manager, "/sources", {"name": f"more {number}", "aliases": [f"alias {number}"], "uploaders": ["managers"]})


def test_a_delivery_of_an_unknown_source_is_refused_where_that_is_set(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_NEW_SOURCES = False
    for headers in ({}, {"Prefer": "respond-async"}):
        answer = manager.post("/imports?source=new", {"citizens": people(1)}, headers=headers)
        assert problem(answer) == (400, [("?source", "unknown_source")])
    made(manager, "/sources", {"name": "New"})
    assert manager.post("/imports?source=new", {"citizens": people(1)}).status_code == 201
    assert (Import.objects.get().source, Source.objects.count()) == ("new", 1)


def test_the_list_of_imports_knows_all_names_of_a_source(manager: APIClient) -> None:
    numbers = [load([], source=name) for name in ("one", "Uno", "two")]
    manager.patch(f"/sources/{Source.objects.get(name='one').pk}", {"aliases": ["uno"]})
    rows = manager.get("/imports?source=ONE").json()["data"]
    assert [(row["import_id"], row["source"]) for row in rows] == [(numbers[1], "Uno"), (numbers[0], "one")]


def test_who_loads_for_a_source_keeps_others_out(manager: APIClient, client_of: Any) -> None:
    importer = client_of("Importers")
    made(manager, "/sources", {"name": "one", "uploaders": ["managers"]})
    assert importer.post("/imports?source=one", {"citizens": []}).status_code == 403
    assert manager.post("/imports?source=one", {"citizens": []}).status_code == 201
