"""The OpenAPI document, and the pages that show it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.test import APIClient

from config.common.http.site import openapi_document
from imports.models import Import
from tests.common.helpers import (
    existing_objects,
    one_airport,
    one_alert,
    one_import,
    one_of_each_name,
    one_plan,
    one_webhook,
    send,
)  # fmt: skip
from tests.common.http.urls import API

pytestmark = pytest.mark.django_db
# Pages and the document itself are for readers of the document, not in it.
NOT_DESCRIBED = {"/", "/schema", "/docs", "/redoc", "/analytics/", "/analytics/report"}
Examples = Iterator[tuple[str, str, str, Any]]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation."""
    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_it_is_valid_openapi_3_1() -> None:
    document = json.loads(APIClient().get("/schema").content)
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_it_is_generated_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))


def test_it_holds_every_operation_and_nothing_else() -> None:
    objects = ("citizen", "airport", "create", "source", "channel", "plan", "alert", "webhook")
    names = {name: f"{{{name}_id}}" for name in objects}
    names |= {"id": "{import_id}", "token": "{token}", "notice": "{delivery_id}"}
    expected = {
        (method, url.path.format_map(names))
        for url in API
        for method in url.allow - {"HEAD", "OPTIONS"}
        if url.path not in NOT_DESCRIBED
    }
    assert {(method, path) for method, path, _ in operations()} == expected


def test_operations_have_names_of_their_own_and_summaries() -> None:
    described = [operation for _, _, operation in operations()]
    names = [operation["operationId"] for operation in described]
    assert (len(set(names)), [op["operationId"] for op in described if not op.get("summary")]) == (len(names), [])


def test_errors_are_problem_details() -> None:
    kinds = {
        (path, *response["content"])
        for _, path, operation in operations()
        for status, response in operation["responses"].items()
        if int(status) >= 400
    }
    page = ("/confirm/{token}", "application/problem+json", "text/html")
    assert kinds == {(path, "application/problem+json") for _, path, _ in operations() if path != page[0]} | {page}


def test_the_metrics_say_that_to_others_there_is_nothing() -> None:
    answers = openapi_document()["paths"]["/metrics"]["get"]["responses"]
    assert (
        answers["404"]["content"]["application/problem+json"] == answers["400"]["content"]["application/problem+json"]
    )


def examples() -> Examples:
    """Each example of a request: method, path, media type, body."""
    for method, path, operation in operations():
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                yield method, path, kind, example["value"]


@pytest.mark.parametrize(("method", "path", "kind", "body"), list(examples()))
def test_every_example_is_accepted(manager: APIClient, method: str, path: str, kind: str, body: Any) -> None:
    where = existing_objects()
    where["plan"] = one_plan(User.objects.get(username="managers")).pk
    url = path.format(import_id=where["id"], **{f"{name}_id": number for name, number in where.items()})
    document = body | {"id": where["airport"]} if isinstance(body, dict) and "id" in body else body
    sent = document if isinstance(document, str) else json.dumps(document)
    answer = send(manager, method, url, sent.encode(), content_type=kind)
    assert answer.status_code in {200, 201}, answer.content


def test_there_are_examples_for_each_body() -> None:
    assert [(method, path) for method, path, _, _ in examples()] == [
        ("POST", "/airports"), ("PUT", "/airports/{airport_id}"), ("PATCH", "/airports/{airport_id}"),
        *(("POST", f"/analytics/{one}") for one in ("holdout", "plan", "plans")),
        ("PATCH", "/analytics/plans/{plan_id}"),
        ("POST", "/channels"), ("PUT", "/channels/{channel_id}"), ("PATCH", "/channels/{channel_id}"),
        ("PUT", "/create"), *[("POST", "/imports")] * 3,
        ("PATCH", "/imports/{import_id}/citizens/{citizen_id}"),
        ("POST", "/sources"), ("PUT", "/sources/{source_id}"), ("PATCH", "/sources/{source_id}"), ("PATCH", "/update"),
        ("POST", "/webhooks"), ("PATCH", "/webhooks/{webhook_id}"),
    ]  # fmt: skip


# What a link says, and that it is only the beginning of a change.
QUERIES = {
    "/create": "?name=X&latitude=1&longitude=1", "/update": "?id={airport_id}&city=X", "/delete": "?id={airport_id}",
    "/analytics/changes": "?source=default",
}  # fmt: skip
_COUNTED = ("/analytics/calendar", "/analytics/flows", "/analytics/changes", "/analytics/effects")
STATUSES = {("GET", path): 202 for path in ("/create", "/update", *_COUNTED)}


def test_what_the_document_does_not_send_works_too(manager: APIClient) -> None:
    stays, pk, hook = one_import().pk, one_import().pk, one_webhook()["webhook"]
    for method, path, _ in sorted(operations(), key=lambda operation: operation[0] == "DELETE"):
        if method in {"GET", "DELETE"}:
            airport = one_airport()
            where = {"import_id": pk, "citizen_id": 1, "airport_id": airport["airport"]}
            where |= {"token": airport["token"], "create_id": airport["create"]}
            named = one_of_each_name() | one_alert(of=stays) | {"webhook": hook}
            named["plan"] = one_plan(User.objects.get(username="managers")).pk
            where |= {f"{name}_id": number for name, number in named.items()}
            answer = send(manager, method, (path + QUERIES.get(path, "")).format(**where))
            expected = STATUSES.get((method, path), 204 if method == "DELETE" else 200)
            assert answer.status_code == expected, (method, path)
    assert [one.pk for one in Import.objects.live()] == [stays]


def test_it_comes_as_json_and_as_yaml() -> None:
    answers = [
        APIClient().get("/schema?format=json"),
        APIClient().get("/schema?format=yaml"),
        APIClient().get("/schema", HTTP_ACCEPT="application/vnd.oai.openapi"),
        APIClient().get("/schema", HTTP_ACCEPT="application/vnd.oai.openapi+json"),
    ]
    kinds = [answer.headers["Content-Type"] for answer in answers]
    yaml = "application/vnd.oai.openapi; charset=utf-8"
    assert kinds == ["application/json", yaml, yaml, "application/vnd.oai.openapi+json"]
    assert [answer.content[:15] for answer in answers[1:3]] == [b"openapi: 3.1.0\n"] * 2
    assert json.loads(answers[0].content) == json.loads(answers[3].content)


def test_what_may_be_missing_has_no_default_of_which_clients_make_a_field_that_is_always_there() -> None:
    for name, schema in openapi_document()["components"]["schemas"].items():
        defaults = {field for field, one in schema.get("properties", {}).items() if "default" in one}
        assert defaults <= set(schema.get("required", ())), name


def test_channel_and_friends_may_be_missing_in_a_delivery_and_are_in_every_answer() -> None:
    schemas = openapi_document()["components"]["schemas"]
    missing = [
        set(schemas[name]["properties"]) - set(schemas[name]["required"]) for name in ("CitizenRequest", "Citizen")
    ]
    assert missing == [{"friends", "channel"}, set()]


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/admin/login/"])
def test_pages_name_only_addresses_of_this_machine(path: str) -> None:
    html = APIClient().get(path).content.decode()
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', html)
    assert addresses
    assert [address for address in addresses if re.match(r"(?:[a-z]+:)?//", address)] == []
