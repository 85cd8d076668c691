"""`POST /analytics/plan`: the answer is the optimum of what `/analytics/demand` says, by hand and by a solver."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient
from scipy.optimize import linprog

from analytics.services.deciding.costs import set_cost
from imports.models import Channel
from imports.services.naming.change_named import create_named
from tests.analytics.counted import crowd, make, place_towns_of_crowd
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
URL = "/analytics/plan"
TWO_AGES = {"age_group": ["25-34", "35-44"], "source": "a"}
COSTS = {"TV": 200, "radio": 50, "*": 120}


@pytest.fixture(autouse=True)
def counted() -> None:
    """Two sources, whose channels are tv, radio and one that is called other."""
    place_towns_of_crowd()
    make("a", crowd(1, segments=60, largest=60))
    make("b", crowd(2, segments=60, largest=60))


def planned(client: APIClient, **body: Any) -> dict[str, Any]:
    answer = client.post(URL, {"budget": 10, "cost_per_thousand": COSTS, **body}, format="json")
    assert answer.status_code == 200, answer.content
    data: dict[str, Any] = answer.json()["data"]
    return data


def errors(client: APIClient, **body: Any) -> list[tuple[str, str]]:
    answer = client.post(URL, {"budget": 10, "cost_per_thousand": COSTS, **body}, format="json")
    assert answer.status_code == 400, answer.content
    return [(error["pointer"], error["code"]) for error in problem(answer)["errors"]]


def cost_of(channel: str) -> float:
    return COSTS.get({"tv": "TV"}.get(channel, channel), COSTS["*"])


@pytest.mark.parametrize("role", ["Managers", "Viewers"])
@pytest.mark.parametrize(
    ("group_by", "query", "filters"),
    [
        (["city", "age_group", "channel"], "", {}),
        (
            ["channel", "gender"],
            "&age_group=25-34&age_group=35-44&source=a",
            {"age_group": ["25-34", "35-44"], "source": "a"},
        ),
        (["source", "town", "channel"], "&country=UA&gender=female", {"country": ["UA"], "gender": "female"}),
    ],
)
def test_it_is_the_optimum_of_what_demand_answers(
    client_of: Any, role: str, group_by: list[str], query: str, filters: Any
) -> None:
    client = client_of(role)
    rows = client.get(f"/analytics/demand?limit=1000&group_by={','.join(group_by)}{query}").json()["data"]
    mean = sum(row["courses"] for row in rows) / max(sum(row["residents"] for row in rows), 1)
    for budget, least, share in ((0, 0, 1), (3.7, 10, 0.35), (1e6, 5, 0.9)):
        asked = {"budget": budget, "min_residents": least, "max_share": share, "group_by": group_by, "filters": filters}
        sold = [row for row in rows if row["residents"] >= least and not is_merged(row, role)]
        check(planned(client, **asked), asked, sold, mean)


def check(plan: dict[str, Any], asked: dict[str, Any], sold: list[dict[str, Any]], mean: float) -> None:
    """It is the solver's, and each segment what demand says of it."""
    worth = [mean * row["expected_index"] / 100 for row in sold]
    cost = [cost_of(row["channel"]) / 1000 for row in sold]
    bounds = [(0, asked["max_share"] * row["residents"]) for row in sold]
    best = linprog([-one for one in worth], A_ub=[cost], b_ub=[asked["budget"]], bounds=bounds) if sold else None
    total = plan["total"]
    assert total["expected_courses"] == pytest.approx(-best.fun if best else 0, abs=1e-6, rel=1e-9)
    assert total["spend"] <= asked["budget"] + 1e-9
    assert total["segments"] == len(plan["segments"])
    keys = (*asked["group_by"], "country")
    by_keys = {tuple(str(row.get(key)) for key in keys): row for row in sold}
    by_cost = []
    for one in plan["segments"]:
        row = by_keys[tuple(str(one.get(key)) for key in keys)]
        shown = ("residents", "expected_index", "own_share")
        assert [one[key] for key in shown] == [row[key] for key in shown]
        assert one["reached"] <= row["residents"] * asked["max_share"] * (1 + 1e-12)
        assert one["spend"] == pytest.approx(one["reached"] * cost_of(row["channel"]) / 1000)
        assert one["expected_courses"] == pytest.approx(one["reached"] * mean * row["expected_index"] / 100, rel=1e-12)
        assert one["expected_low"] < one["expected_courses"] < one["expected_high"]
        by_cost.append(one["expected_courses"] / one["spend"])
    assert by_cost == sorted(by_cost, reverse=True)
    for name in ("residents", "reached", "spend", "expected_courses", "expected_low", "expected_high"):
        assert total[name] == pytest.approx(sum(one[name] for one in plan["segments"]), abs=1e-9)


def is_merged(row: dict[str, Any], role: str) -> bool:
    """A channel of the crowd is really called other, and so is a town."""
    return role == "Viewers" and all(
        row.get(key, "other") == "other" for key in ("city", "town", "age_group", "gender")
    )


def test_costs_of_channels_are_found_by_any_of_their_names(manager: APIClient) -> None:
    create_named(Channel, values={"name": "Television", "aliases": ["TV", "telly"]}, actor=None)
    plan = planned(manager, cost_per_thousand={"TELLY": 7, "radio ": 5, "*": 6}, budget=1e6)
    assert {one["channel"]: one["cost_per_thousand"] for one in plan["segments"]} == {
        "Television": 7, "radio": 5, "other": 6,
    }  # fmt: skip


def test_costs_that_staff_set_hold_where_none_are_sent(manager: APIClient, superuser: Any) -> None:
    def costs() -> dict[str, float]:
        segments = manager.post(URL, {"budget": 1e6}, format="json").json()["data"]["segments"]
        return {one["channel"]: one["cost_per_thousand"] for one in segments}

    answer = manager.post(URL, {"budget": 1}, format="json")
    assert [error["pointer"] for error in problem(answer)["errors"]] == [
        "/cost_per_thousand/other",
        "/cost_per_thousand/radio",
        "/cost_per_thousand/tv",
    ]
    for channel, cost in (("Radio", "2.5"), ("*", "4"), ("gone", "9")):
        set_cost(channel=channel, cost=Decimal(cost), actor=superuser)
    assert costs() == {"tv": 4, "radio": 2.5, "other": 4}


WRONG: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"budget": "10"}, [("/budget", "invalid")]),
    ({"budget": -1}, [("/budget", "min_value")]),
    ({"budget": 10**30}, [("/budget", "max_value")]),
    ({"budget": 10**400}, [("/budget", "overflow")]),
    ({"budget": None}, [("/budget", "null")]),
    ({"budget": True}, [("/budget", "invalid")]),
    ({"max_share": 1.01}, [("/max_share", "max_value")]),
    ({"min_residents": -1, "max_share": "nan"}, [("/max_share", "invalid"), ("/min_residents", "min_value")]),
    ({"group_by": ["city", "age_group"]}, [("/group_by", "channel_expected")]),
    ({"group_by": ["channel", "shoe"]}, [("/group_by", "invalid_choice")]),
    ({"group_by": "channel"}, [("/group_by", "not_a_list")]),
    ({"cost_per_thousand": {"tv": "1", "radio": -1, "other": 1e-9}}, [
        ("/cost_per_thousand/tv", "invalid"), ("/cost_per_thousand/radio", "min_value")]),
    ({"cost_per_thousand": {"other": 1e-9, "a\0": 1, "": 1, "a" * 99: 1}}, [
        ("/cost_per_thousand/other", "min_value"), ("/cost_per_thousand/a\0", "null_characters_not_allowed"),
        ("/cost_per_thousand/", "blank"), (f"/cost_per_thousand/{'a' * 99}", "max_length")]),
    ({"cost_per_thousand": {"smoke": 1, "TV": 1, "tv": 2, "*": 3}}, [
        ("/cost_per_thousand/smoke", "unknown_channel"), ("/cost_per_thousand/tv", "repeated")]),
    ({"cost_per_thousand": {"tv": 1}}, [
        ("/cost_per_thousand/other", "required"), ("/cost_per_thousand/radio", "required")]),
    ({"cost_per_thousand": []}, [("/cost_per_thousand", "not_a_dict")]),
    ({"filters": {"city": ["a\0"], "gender": ["x"], "country": "XX", "import_id": 10**30}}, [
        ("/filters/country", "invalid_choice"), ("/filters/city/0", "null_characters_not_allowed"),
        ("/filters/gender/0", "invalid_choice"), ("/filters/import_id", "max_value")]),
    ({"filters": {"colour": "red"}, "money": 1}, [
        ("/money", "unknown_field"), ("/filters/colour", "unknown_field")]),
    ({"filters": [1]}, [("/filters", "invalid_type")]),
    ({"filters": {"import_id": 4711}}, [("/filters/import_id", "invalid_choice")]),
]  # fmt: skip


def test_every_wrong_value_is_named(manager: APIClient) -> None:
    found = [sorted(errors(manager, **body)) for body, _ in WRONG]
    assert found == [sorted(expected) for _, expected in WRONG]


def test_nan_and_infinity_are_no_json(manager: APIClient) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        answer = manager.post(URL, f'{{"budget": {number}}}', content_type="application/json")
        assert answer.status_code == 400, answer.content


def test_channels_that_a_viewer_may_not_see_are_unknown_and_never_sold(client_of: Any) -> None:
    make("c", {("Kyiv", 2, "whisper", "male"): (2, 9, 2), ("Kyiv", 2, "tv", "male"): (50, 60, 40)})
    costs = {"whisper": 0, **COSTS}
    assert "whisper" in {one["channel"] for one in planned(client_of("Managers"), cost_per_thousand=costs)["segments"]}
    viewer = client_of("Viewers")
    assert errors(viewer, cost_per_thousand=costs) == [("/cost_per_thousand/whisper", "unknown_channel")]
    assert "whisper" not in {one["channel"] for one in planned(viewer, budget=1e6)["segments"]}


def test_a_csv_has_the_segments_in_the_order_to_buy(manager: APIClient) -> None:
    body = {"budget": 7, "cost_per_thousand": COSTS}
    answer: Any = manager.post(f"{URL}?format=csv", body, format="json")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    segments = planned(manager, **body)["segments"]
    assert [(row["age_group"], row["channel"], float(row["spend"])) for row in rows] == [
        (one["age_group"], one["channel"], one["spend"]) for one in segments
    ]
    assert len(rows) > 3


def test_where_nobody_buys_there_is_nothing_to_plan(manager: APIClient) -> None:
    made = make("d", {("Kyiv", 2, "tv", "male"): (50, 0, 0)}, is_current=False)
    plan = planned(manager, budget=5, filters={"import_id": made.import_id})
    assert (plan["segments"], plan["marginal_return"], plan["total"]["spend"]) == ([], 0, 0)
    assert planned(manager, filters={"city": "Nowhere"})["segments"] == []
