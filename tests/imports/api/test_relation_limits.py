"""A thousand relatives and a thousand friends: what the API takes, what it refuses, and what was there before."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from config.common.http.site import openapi_document
from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.loading.receive_delivery import reload_delivery
from tests.factories import alike
from tests.imports.crowded import star, stored_star
from tests.imports.world import body_of, counts, lines_of, problem, received, stored

pytestmark = pytest.mark.django_db
JSON, NDJSON = "application/json", "application/x-ndjson"


def deliver(client: APIClient, body: bytes, media_type: str = JSON) -> Any:
    return client.post("/imports", body, content_type=media_type)


def patch(client: APIClient, import_id: int, citizen_id: int = 1, **fields: Any) -> Any:
    url = f"/imports/{import_id}/citizens/{citizen_id}"
    return client.patch(url, json.dumps(fields), content_type=JSON)


@pytest.mark.parametrize(("media_type", "written"), [(JSON, body_of), (NDJSON, lines_of)])
def test_a_resident_with_a_thousand_of_each_is_taken_in(manager: APIClient, media_type: str, written: Any) -> None:
    assert deliver(manager, written(star(1_000, 1_000)), media_type).status_code == 201


@pytest.mark.parametrize(
    ("media_type", "written", "place"), [(JSON, body_of, "/citizens/0/{}"), (NDJSON, lines_of, "line 1")]
)
@pytest.mark.parametrize(("field", "counts_of"), [("relatives", (1_001, 0)), ("friends", (0, 1_001))])
def test_one_more_is_refused_and_nothing_is_stored(
    manager: APIClient, media_type: str, written: Any, place: str, field: str, counts_of: tuple[int, int]
) -> None:
    answer = deliver(manager, written(star(*counts_of)), media_type)
    assert problem(answer) == (400, [(place.format(field), "too_many")])
    detail = "At most 1,000 ids are allowed."
    assert answer.json()["errors"][0]["detail"] == (detail if media_type == JSON else f"{field}: {detail}")
    assert counts() == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_kept_body_of_before_the_limit_fails_when_it_is_loaded_once_more(settings: Any) -> None:
    settings.CITIZEN_MAX_RELATIVES = 2_000
    first = received(body_of(star(1_001)))
    assert load_received(import_id=first) == "complete"
    settings.CITIZEN_MAX_RELATIVES = 1_000
    again = reload_delivery(import_id=first, actor=None)
    assert load_received(import_id=again.pk) == "failed"
    pointer, detail = "/citizens/0/relatives", "At most 1,000 ids are allowed."
    assert Import.objects.get(pk=again.pk).refusals == [{"pointer": pointer, "code": "too_many", "detail": detail}]
    assert counts() == (2, 1_002)


def test_the_command_says_which_line_names_too_many(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines_of(star(0, 1_001)))
    with pytest.raises(CommandError):
        call_command("import_citizens", str(file))
    said = capsys.readouterr()
    assert "a.ndjson:1: friends: At most 1,000 ids are allowed." in said.out + said.err
    assert counts() == (0, 0)


def test_a_correction_is_refused_on_either_side(manager: APIClient) -> None:
    import_id = deliver(manager, body_of([*star(1_000), *last(1_002)])).json()["data"]["import_id"]
    everybody = list(range(2, 1_003))
    assert problem(patch(manager, import_id, relatives=everybody)) == (400, [("/relatives", "too_many")])
    assert problem(patch(manager, import_id, 1_002, relatives=[2, 1])) == (400, [("/relatives/1", "too_many")])
    assert patch(manager, import_id, relatives=everybody[1:]).status_code == 200


def last(citizen_id: int) -> list[dict[str, Any]]:
    """A resident without relations."""
    return [alike(1)[0] | {"citizen_id": citizen_id}]


def test_what_was_stored_with_more_can_be_read_taken_away_and_corrected(manager: APIClient) -> None:
    import_id = stored_star(1_500)
    url = reverse("citizen-detail", kwargs={"import_id": import_id, "citizen_id": 1})
    ids = manager.get(url).json()["data"]["relatives"]
    exported = b"".join(manager.get(f"/imports/{import_id}/citizens").streaming_content)  # type: ignore[attr-defined]  # a stream
    assert json.loads(exported)["data"][0]["relatives"] == ids == list(range(2, 1_502))
    assert patch(manager, import_id, town="Elsewhere").status_code == 200
    assert problem(patch(manager, import_id, relatives=[1, *ids])) == (400, [("/relatives", "too_many")])
    assert patch(manager, import_id, relatives=ids[1:]).status_code == 200
    assert problem(patch(manager, import_id, relatives=ids)) == (400, [("/relatives", "too_many")])
    # From the other side too.
    assert patch(manager, import_id, 3, relatives=[]).status_code == 200
    assert stored(import_id)[1]["relatives"] == ids[2:]


def test_the_openapi_document_promises_it_of_bodies_and_not_of_answers() -> None:
    schemas = openapi_document()["components"]["schemas"]
    for name, longest in (("CitizenRequest", 1_000), ("PatchedCitizenPatchRequest", 1_000), ("Citizen", None)):
        for field in ("relatives", "friends"):
            assert schemas[name]["properties"][field].get("maxItems") == longest


def test_options_says_how_many(client: Any) -> None:
    fields = client.options("/imports/1/citizens/1").json()["data"]["fields"]
    assert [fields[name]["max_length"] for name in ("relatives", "friends")] == [1_000, 1_000]
