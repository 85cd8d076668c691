"""`/analytics/plans`: plans that were kept, by role and by who owns them."""

import csv
import io
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from rest_framework.test import APIClient

from analytics.models import Plan
from analytics.services.deciding import kept_plans
from analytics.services.deciding.costs import set_cost
from config.common.changes.models import RecordedChange
from tests.analytics.counted import make
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
URL = "/analytics/plans"
BODY = {
    "budget": 3,
    "cost_per_thousand": {"tv": 20, "radio": 10, "whisper": 0, "smoke": 9},
    "group_by": ["age_group", "channel"],
}


@pytest.fixture(autouse=True)
def counted() -> None:
    """One source; few are reached by whispers, and few by smoke."""
    sizes = {("Kyiv", 1, "tv"): 300, ("Kyiv", 2, "radio"): 200, ("Lviv", 2, "tv"): 100}
    sizes |= {("Lviv", 3, "whisper"): 2, ("Lviv", 3, "smoke"): 4}
    make("a", {(*key, "male"): (size, 2 * size, size) for key, size in sizes.items()})


def kept(client: APIClient, **body: Any) -> Any:
    answer = client.post(URL, {"name": "Spring", **BODY, **body}, format="json")
    assert answer.status_code == 201, answer.content
    return answer


def refusal(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(error["pointer"], error["code"]) for error in problem(answer)["errors"]]


def test_a_plan_is_kept_as_it_was_answered_and_listed_renamed_shared_and_deleted(manager: APIClient) -> None:
    made = kept(manager)
    where, data = made.headers["Location"], made.json()["data"]
    answered = manager.post("/analytics/plan", BODY, format="json").json()["data"]
    assert {name: data[name] for name in BODY} == BODY
    assert (data["answer"], data["owner"], data["shared"]) == (answered, "managers", False)
    make("b", {("Kyiv", 1, "tv", "male"): (999, 3, 3)})
    assert manager.get(where).json()["data"] == data
    [item] = manager.get(URL).json()["data"]
    assert item == {**{name: value for name, value in data.items() if name != "answer"}, "total": answered["total"]}
    changed = manager.patch(where, {"name": " Spring,  again ", "shared": True}, format="json").json()["data"]
    assert (changed["name"], changed["shared"], changed["answer"]) == ("Spring, again", True, answered)
    assert (manager.delete(where).status_code, manager.get(where).status_code) == (204, 404)


def test_costs_that_held_are_kept_with_the_plan(manager: APIClient, superuser: Any) -> None:
    set_cost(channel="*", cost=Decimal(5), actor=superuser)
    where = manager.post(URL, {"name": "x", "budget": 1}, format="json").headers["Location"]
    set_cost(channel="*", cost=Decimal(6), actor=superuser)
    assert manager.get(where).json()["data"]["cost_per_thousand"] == {"*": 5.0}
    changes = RecordedChange.objects.filter(model="analytics.channelcost").values_list("action", "name", "changes")
    assert list(changes.order_by("pk"))[1] == (
        "changed", "*", {"cost_per_thousand": {"from": "5.0000", "to": "6.0000"}},
    )  # fmt: skip


def test_others_read_what_is_shared_and_change_nothing_of_it(client_of: Any) -> None:
    manager, editor = client_of("Managers"), client_of("Editors")
    own = [kept(client, name=name).headers["Location"] for client, name in ((manager, "one"), (editor, "two"))]
    shared = kept(editor, name="three", shared=True).headers["Location"]
    assert [row["name"] for row in manager.get(URL).json()["data"]] == ["three", "one"]
    assert [manager.get(where).status_code for where in (own[1], shared)] == [404, 200]
    assert manager.patch(shared, {"name": "mine"}, format="json").status_code == 404
    viewer = client_of("Viewers")
    assert [viewer.delete(where).status_code for where in (*own, shared)] == [404] * 3
    # Managers clear up what others share, and nothing else.
    assert [manager.delete(where).status_code for where in (own[1], shared, own[0])] == [404, 204, 204]
    assert Plan.objects.get().name == "two"


def test_who_may_not_see_residents_reads_the_answer_of_published_figures(client_of: Any) -> None:
    where = kept(client_of("Managers"), shared=True).headers["Location"]
    viewer = client_of("Viewers")
    costs = {"tv": 20, "radio": 10}
    theirs = viewer.post("/analytics/plan", {**BODY, "cost_per_thousand": costs}, format="json").json()["data"]
    for client, channels in ((viewer, {"radio", "tv"}), (client_of("Importers"), {"radio", "tv"})):
        answer = client.get(where).json()["data"]["answer"]
        assert ({one["channel"] for one in answer["segments"]}, answer["total"]) == (channels, theirs["total"])
        assert client.get(URL).json()["data"][0]["total"] == theirs["total"]
        text = b"".join(client.get(f"{where}?format=csv").streaming_content)
        assert b"whisper" not in text
    assert "whisper" in {one["channel"] for one in client_of("Editors").get(where).json()["data"]["answer"]["segments"]}


def test_a_name_that_is_taken_and_too_many_plans_are_refused(
    manager: APIClient, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(manager)
    where = kept(manager, name="Summer").headers["Location"]
    kept(client_of("Viewers"), cost_per_thousand={"*": 1})
    assert refusal(manager.post(URL, {"name": "Spring", **BODY}, format="json")) == (409, [("/name", "duplicate_name")])
    assert refusal(manager.patch(where, {"name": "Spring"}, format="json")) == (409, [("/name", "duplicate_name")])
    monkeypatch.setattr(kept_plans, "MOST_PLANS", 2)
    assert manager.post(URL, {"name": "Winter", **BODY}, format="json").status_code == 409


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": ""}, [("/name", "blank")]),
        ({"name": "a\0"}, [("/name", "null_characters_not_allowed")]),
        ({"name": "a" * 81, "shared": "yes"}, [("/name", "max_length"), ("/shared", "invalid")]),
        ({"name": 7, "budget": -1}, [("/budget", "min_value"), ("/name", "invalid_type")]),
        ({"name": "a", "cost_per_thousand": {"tv": 1}}, [

            (f"/cost_per_thousand/{name}", "required") for name in ("radio", "smoke", "whisper")]),
        ({"name": "a", "filters": {"import_id": 4711}}, [("/filters/import_id", "invalid_choice")]),
    ],
)  # fmt: skip
def test_every_wrong_value_is_named_and_nothing_is_kept(manager: APIClient, body: Any, expected: Any) -> None:
    code, errors = refusal(manager.post(URL, {"budget": 1, **BODY, **body}, format="json"))
    assert (code, sorted(errors), Plan.objects.count()) == (400, expected, 0)


def test_a_change_of_nothing_or_of_the_answer_is_refused(manager: APIClient) -> None:
    where = kept(manager).headers["Location"]
    assert refusal(manager.patch(where, {}, format="json")) == (400, [("", "required")])
    assert refusal(manager.patch(where, {"budget": 9}, format="json")) == (400, [("/budget", "unknown_field")])


def test_a_key_keeps_one_plan_however_often_it_is_sent(manager: APIClient) -> None:
    answers = [manager.post(URL, {"name": "x", **BODY}, format="json", HTTP_IDEMPOTENCY_KEY="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (answers[1].headers["Idempotent-Replayed"], Plan.objects.count()) == ("true", 1)


def test_tables_have_the_segments_and_the_list(manager: APIClient) -> None:
    where = kept(manager).headers["Location"]
    segments = manager.get(where).json()["data"]["answer"]["segments"]
    text: Any = manager.get(f"{where}?format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(text.streaming_content).decode())))
    assert [(row["channel"], float(row["spend"])) for row in rows] == [
        (one["channel"], one["spend"]) for one in segments
    ]
    workbook: Any = manager.get(f"{where}?format=xlsx")
    [sheet] = load_workbook(BytesIO(b"".join(workbook.streaming_content)))
    assert [[cell.value for cell in row][:2] for row in sheet][1:] == [
        [one["age_group"], one["channel"]] for one in segments
    ]
    book: Any = manager.get(f"{URL}?format=xlsx")
    [only] = load_workbook(BytesIO(b"".join(book.streaming_content)))
    assert [row[1].value for row in only] == ["name", "Spring"]
    listed: Any = manager.get(f"{URL}?format=csv")
    [row] = csv.DictReader(io.StringIO(b"".join(listed.streaming_content).decode()))
    assert (row["name"], row["budget"], float(row["spend"])) == ("Spring", "3.0", 3.0)


def test_a_list_takes_as_many_queries_for_many_as_for_one(manager: APIClient, django_assert_num_queries: Any) -> None:
    kept(manager, name="first")
    manager.get(URL)
    for number in range(3):
        with django_assert_num_queries(3):
            assert manager.get(URL).json()["count"] == number + 1
        kept(manager, name=str(number))
