"""`/airports` and `/airports/{id}`: one airport over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from airports.models import Airport
from airports.services.flag_airport import flag_airport
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], APIClient]


@pytest.fixture
def editor(client_of: ClientOf) -> APIClient:
    """An API client of an editor."""
    return client_of("Editors")


def post_bytes(client: APIClient, body: bytes) -> Any:
    """The answer to a body that only says that it is JSON."""
    return client.post("/airports", body, content_type="application/json")


def errors(response: Any) -> list[tuple[str, str]]:
    """Pointer and code of each error."""
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_an_airport_is_made_and_read_at_its_location(editor: APIClient) -> None:
    made = editor.post("/airports", VALENCIA)
    assert made.status_code == 201
    location = made["Location"]
    assert location == f"/airports/{made.json()['data']['id']}"
    read = editor.get(location)
    assert [read.status_code, read["ETag"], read.json()] == [200, '"1"', made.json()]
    stated = {name: value for name, value in made.json()["data"].items() if name in VALENCIA}
    assert stated == VALENCIA
    rest = {name for name in made.json()["data"] if name not in VALENCIA}
    assert rest == {"id", "is_deleted", "deleted_at", "created_at", "updated_at", "version"}


def test_every_offending_value_is_named(editor: APIClient) -> None:
    body = {"latitude": 91, "longitude": "1", "iata": "?", "tz": "X", "a/b": 1, "version": 2}
    answer = editor.post("/airports", body)
    assert answer.status_code == 400
    assert sorted(errors(answer)) == [
        ("/a~1b", "unknown_field"),
        ("/iata", "invalid_code"),
        ("/latitude", "out_of_range"),
        ("/longitude", "invalid_type"),
        ("/name", "required"),
        ("/tz", "unknown_timezone"),
    ]
    assert not Airport.objects.exists()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", ("", "malformed_json")),
        (b"{", ("", "malformed_json")),
        (b"\xff", ("", "malformed_json")),
        (b'{"name": "\\ud800"}', ("", "malformed_json")),
        (b'{"latitude": NaN}', ("", "malformed_json")),
        (b"[" * 10_000, ("", "too_deep")),
        (b"[]", ("", "invalid_type")),
    ],
)
def test_what_is_no_json_object_is_refused(editor: APIClient, body: bytes, error: tuple[str, str]) -> None:
    answer = post_bytes(editor, body)
    assert [answer.status_code, errors(answer)] == [400, [error]]


def test_hostile_values_are_refused_at_their_field(editor: APIClient) -> None:
    body = b'{"name": "a\\u0000b", "latitude": 1' + b"0" * 30 + b', "longitude": 1e300, "name": "\\u0000"}'
    answer = post_bytes(editor, body)
    assert [answer.status_code, errors(answer)] == [
        400,
        [("/name", "invalid_characters"), ("/latitude", "out_of_range"), ("/longitude", "out_of_range")],
    ]


def test_codes_of_another_airport_are_a_conflict(editor: APIClient) -> None:
    make_valencia()
    answer = editor.post("/airports", VALENCIA | {"icao": "levc"})
    assert [answer.status_code, errors(answer)] == [409, [("/iata", "duplicate_code"), ("/icao", "duplicate_code")]]


def test_replacing_makes_null_what_is_not_named(editor: APIClient) -> None:
    airport = make_valencia()
    answer = editor.put(f"/airports/{airport.pk}", {"name": "New", "latitude": 1, "longitude": 2})
    assert [answer.status_code, answer["ETag"]] == [200, '"2"']
    data = answer.json()["data"]
    assert {name: data[name] for name in VALENCIA} == dict.fromkeys(VALENCIA) | {
        "name": "New",
        "latitude": 1.0,
        "longitude": 2.0,
    }


def test_changing_leaves_what_is_not_named(editor: APIClient) -> None:
    airport = make_valencia()
    answer = editor.patch(f"/airports/{airport.pk}", {"city": None, "iata": "xyz"})
    data = answer.json()["data"]
    assert {name: data[name] for name in VALENCIA} == VALENCIA | {"city": None, "iata": "XYZ"}


def test_what_a_get_returned_can_be_sent_back(editor: APIClient) -> None:
    airport = make_valencia()
    one, near = f"/airports/{airport.pk}", "/airports?near=39,0&radius=100000"
    read = editor.get(one).json()["data"]
    assert editor.put(one, read).json()["data"] == read
    assert editor.put(one, editor.get(near).json()["data"][0]).json()["data"] == read
    foreign = {"id": 7, "is_deleted": True, "deleted_at": "x", "created_at": None, "version": 9, "city": "X"}
    changed = editor.patch(one, foreign).json()["data"]
    assert changed == read | {"city": "X", "version": 2, "updated_at": changed["updated_at"]}


def test_a_change_of_read_only_fields_alone_is_empty(editor: APIClient) -> None:
    answer = editor.patch(f"/airports/{make_valencia().pk}", {"id": 7, "version": 9})
    assert [answer.status_code, errors(answer)] == [400, [("", "required")]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_read_over_but_what_follows_has_to_be_whole(editor: APIClient, encoding: str) -> None:
    address, body = f"/airports/{make_valencia().pk}", '{"city": "Málaga"}'.encode(encoding)
    assert editor.patch(address, body, content_type="application/json").json()["data"]["city"] == "Málaga"
    answer = editor.patch(address, body[:-1], content_type="application/json")
    assert [answer.status_code, errors(answer)] == [400, [("", "malformed_json")]]


def test_an_empty_change_is_refused(editor: APIClient) -> None:
    answer = editor.patch(f"/airports/{make_valencia().pk}", {})
    assert [answer.status_code, errors(answer)] == [400, [("", "required")]]


@pytest.mark.parametrize("header", ['"1"', '"9", "1"', "*", ' "1" ', 'W/"9","1"', 'W/"1"'])
def test_a_write_with_the_present_version_goes_through(editor: APIClient, header: str) -> None:
    airport = make_valencia()
    assert editor.patch(f"/airports/{airport.pk}", {"city": "X"}, HTTP_IF_MATCH=header).status_code == 200


@pytest.mark.parametrize("header", ['"2"', 'W/"2"', "1", "", '"x"', '"1', '"é"', '"' + "1" * 5_000 + '"'])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_write_with_another_version_is_refused(manager: APIClient, method: str, header: str) -> None:
    airport = make_valencia()
    answer = getattr(manager, method)(f"/airports/{airport.pk}", VALENCIA | {"city": "X"}, HTTP_IF_MATCH=header)
    assert answer.status_code == 412
    assert Airport.objects.get().city == "Valencia"


@pytest.mark.parametrize("header", ['"1"', 'W/"1"', '"9", "1"', "*"])
def test_who_has_the_airport_as_it_is_gets_no_body(editor: APIClient, header: str) -> None:
    airport = make_valencia()
    answer = editor.get(f"/airports/{airport.pk}", HTTP_IF_NONE_MATCH=header)
    assert [answer.status_code, answer["ETag"], answer.content] == [304, '"1"', b""]


def test_who_has_an_old_copy_gets_the_new_one(editor: APIClient) -> None:
    airport = make_valencia()
    assert editor.get(f"/airports/{airport.pk}", HTTP_IF_NONE_MATCH='"7"').status_code == 200


def test_a_flagged_airport_can_be_read_but_not_written(manager: APIClient) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    read = manager.get(f"/airports/{airport.pk}")
    assert [read.status_code, read.json()["data"]["is_deleted"]] == [200, True]
    writes = [
        manager.put(f"/airports/{airport.pk}", VALENCIA),
        manager.patch(f"/airports/{airport.pk}", {"city": "X"}),
        manager.delete(f"/airports/{airport.pk}"),
        manager.patch("/update", {"id": airport.pk, "city": "X"}),
        manager.delete(f"/delete?id={airport.pk}"),
        manager.get(f"/delete?id={airport.pk}"),
    ]
    assert [write.status_code for write in writes] == [409] * 6


def test_restoring_takes_the_flag_off_once(manager: APIClient) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    restored = manager.post(f"/airports/{airport.pk}/restore")
    assert [restored.status_code, restored.json()["data"]["is_deleted"], restored["ETag"]] == [200, False, '"3"']
    assert manager.post(f"/airports/{airport.pk}/restore").status_code == 409


def test_deleting_for_good_leaves_only_the_history(manager: APIClient) -> None:
    airport = make_valencia()
    deleted = manager.delete(f"/airports/{airport.pk}")
    assert [deleted.status_code, deleted.content] == [204, b""]
    assert manager.get(f"/airports/{airport.pk}").status_code == 404
    history = manager.get(f"/airports/{airport.pk}/history").json()
    assert [(entry["action"], entry["by"]) for entry in history["data"]] == [("deleted", "managers"), ("created", None)]
    assert history["count"] == 2


def test_the_history_says_from_what_to_what(editor: APIClient) -> None:
    airport = make_valencia()
    editor.patch(f"/airports/{airport.pk}", {"city": "X", "altitude": 1})
    entry = editor.get(f"/airports/{airport.pk}/history?limit=1").json()["data"][0]
    assert {name: entry[name] for name in ("by", "action", "version", "changes")} == {
        "by": "editors",
        "action": "changed",
        "version": 2,
        "changes": {"city": {"from": "Valencia", "to": "X"}, "altitude": {"from": 240.0, "to": 1.0}},
    }


def test_the_history_comes_as_csv_too(editor: APIClient) -> None:
    answer = editor.get(f"/airports/{make_airport('A').pk}/history?format=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed
    assert [lines[0], len(lines)] == ["at,by,action,reason,version,changes", 2]


@pytest.mark.parametrize("airport_id", ["0", "9", "x", "-1", "1.0", "9" * 30])
def test_what_is_no_airport_is_not_found(manager: APIClient, airport_id: str) -> None:
    one = f"/airports/{airport_id}"
    answers = [
        manager.get(one),
        manager.put(one, {"bad": 1}),
        manager.patch(one, "bad", content_type="text/plain"),
        manager.delete(one),
        manager.options(one),
        manager.post(f"{one}/restore"),
        manager.get(f"{one}/history"),
        manager.get(f"/delete?id={airport_id}"),
        manager.delete(f"/delete?id={airport_id}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 9


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("Viewers", [200, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
        ("Importers", [200, 200, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
        ("Editors", [200, 200, 201, 200, 200, 201, 200, 403, 403, 403, 403]),
        ("Managers", [200, 200, 201, 200, 200, 201, 200, 200, 200, 204, 204]),
    ],
)
def test_roles_may_what_the_table_of_roles_says(client_of: ClientOf, role: str, statuses: list[int]) -> None:
    client, airport, other = client_of(role), make_valencia(), make_airport()
    one = f"/airports/{airport.pk}"
    place = {"name": "X", "latitude": 1, "longitude": 1}
    answers = [
        client.get(one),
        client.get(f"{one}/history"),
        client.post("/airports", place),
        client.put(one, place),
        client.patch(one, place),
        client.put("/create", place),
        client.patch("/update", {"id": airport.pk, "city": "Y"}),
        client.get(f"/delete?id={airport.pk}"),
        client.post(f"{one}/restore"),
        client.delete(one),
        client.delete(f"/delete?id={other.pk}"),
    ]
    assert [answer.status_code for answer in answers] == statuses


def test_who_does_not_sign_in_may_only_ask_for_options(db: None) -> None:
    client, one = APIClient(), f"/airports/{make_valencia().pk}"
    urls = ["/airports", one, f"{one}/history", "/delete?id=1"]
    assert [client.get(url).status_code for url in urls] == [401] * 4
    assert [client.options(url).status_code for url in urls] == [200] * 4


@pytest.mark.parametrize(
    ("url", "methods"),
    [
        ("/airports", ["GET", "POST", "HEAD", "OPTIONS"]),
        ("/airports/{id}", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
        ("/airports/{id}/restore", ["POST", "OPTIONS"]),
        ("/airports/99/restore", ["POST", "OPTIONS"]),
        ("/airports/99/history", ["GET", "HEAD", "OPTIONS"]),
    ],
)
def test_options_names_the_methods(url: str, methods: list[str]) -> None:
    answer = APIClient().options(url.replace("{id}", str(make_valencia().pk)))
    assert [answer.status_code, answer.json()["data"]["methods"], answer["Allow"]] == [200, methods, ", ".join(methods)]
