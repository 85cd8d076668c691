"""The section of the page, and plans and costs in the admin."""

import csv
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from analytics.models import ChannelCost, Plan
from analytics.pages.decisions.plan import budget_of, filters_of, report
from analytics.pages.filters import Filters
from analytics.services.deciding.costs import set_cost
from analytics.services.deciding.kept_plans import keep_plan
from tests.analytics.counted import crowd, make, place_towns_of_crowd
from tests.analytics.test_admin_demand import browser_of

pytestmark = pytest.mark.django_db
ADMIN = "/admin/analytics/plan/"
COSTS = [("tv", 200), ("radio", 50), ("other", 120)]
QUERY = urlencode([("ask", "plan"), ("budget", 4), ("reach", 40), *(
    pair for name, cost in COSTS for pair in (("cost_of", name), ("cost", cost))
)])  # fmt: skip
BODY = {"budget": 4, "max_share": 0.4, "cost_per_thousand": dict(COSTS)}


@pytest.fixture(autouse=True)
def counted() -> None:
    """Two sources."""
    place_towns_of_crowd()
    make("a", crowd(1, segments=60, largest=60))
    make("b", crowd(2, segments=60, largest=60))


def page(client: Client, query: str = QUERY) -> tuple[dict[str, Any], str]:
    answer = client.get(f"/analytics/?{query}")
    assert answer.status_code == 200
    return answer.context["page"]["decide"].context, answer.content.decode()


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize(("role", "by"), [("Managers", None), ("Viewers", ["city", "channel"])])
def test_the_page_shows_what_the_api_answers(role: str, by: list[str] | None) -> None:
    client = browser_of(role)
    context, text = page(client)
    asked = {**BODY, "group_by": by} if by else BODY
    answer = client.post("/analytics/plan", asked, content_type="application/json").json()["data"]
    result = context["result"]
    assert len(result.segments.rows) == len(answer["segments"]) > 0
    assert f"{answer['total']['spend']:.2f} buys {len(answer['segments'])} segment" in text
    drafts = rows(client.get(result.segments.downloads.csv))
    assert [float(one["spend"]) for one in drafts] == [one["spend"] for one in answer["segments"]]
    money = {one["channel"]: float(one["spend"]) for one in rows(client.get(result.channels.table.downloads.csv))}
    assert sum(money.values()) == pytest.approx(answer["total"]["spend"])
    curve = rows(client.get(result.curve.table.downloads.csv))
    assert [float(one["expected_courses"]) for one in curve if float(one["budget"]) == 4] == [
        pytest.approx(answer["total"]["expected_courses"])
    ]


def test_the_form_has_the_costs_that_are_set_and_keeps_the_filters(superuser: Any) -> None:
    set_cost(channel="TV", cost=Decimal("7.25"), actor=superuser)
    context, text = page(browser_of("Editors"), "ask=plan&gender=female&measure=index&budget=1")
    assert {cost.channel: cost.value for cost in context["costs"]} == {"tv": "7.25", "radio": "", "other": ""}
    assert context["hidden"] == [("gender", "female"), ("measure", "index"), ("ask", "plan")]
    assert context["errors"] == [f"{name}: It is not known what this channel costs." for name in ("other", "radio")]
    assert 'name="cost" type="number"' in text
    assert "result" not in context


def test_segments_that_are_predicted_are_those_of_the_api() -> None:
    client = browser_of("Managers")
    context, text = page(client, "ask=plan")
    table = context["predicted"]
    found = rows(client.get(table.downloads.csv))
    assert {float(one["own_share"]) <= 0.3 for one in found} == {True}
    assert [row[0].text.partition(",")[0] for row in table.rows] == [one["city"].lstrip("'") for one in found][:12]
    assert "Predicted" in text


def test_an_address_that_makes_no_sense_is_refused() -> None:
    client = browser_of("Viewers")
    for query in ("cost=1", "cost_of=a", "cost_of=a&cost=nan", "cost_of=a&cost=0.00000001", "budget=-1", "budget=inf",
                  "reach=0", "plan_by=city"):  # fmt: skip
        assert client.get(f"/analytics/?ask=plan&{query}").status_code == 400, query


def test_a_plan_is_kept_from_the_page_renamed_compared_and_deleted() -> None:
    client = browser_of("Viewers")
    for name in ("Spring", "Summer"):
        answer = client.post(f"{ADMIN}keep/", {"query": QUERY, "name": name, "shared": "on"}, follow=True)
        assert name in answer.content.decode()
    again = client.post(f"{ADMIN}keep/", {"query": QUERY, "name": "Spring"}, follow=True)
    assert "You have a plan of this name already." in again.content.decode()
    spring, summer = (Plan.objects.get(name=name) for name in ("Spring", "Summer"))
    assert (spring.is_shared, spring.body["budget"], spring.body["cost_per_thousand"]) == (True, 4, dict(COSTS))
    refused = client.post(f"{ADMIN}{spring.pk}/change/", {"name": "Summer"})
    assert refused.context["adminform"].form.errors.keys() == {"name"}
    client.post(f"{ADMIN}{spring.pk}/change/", {"name": "Autumn"})
    spring.refresh_from_db()
    assert (spring.name, spring.is_shared) == ("Autumn", False)
    chosen = {"action": "compare_chosen", "_selected_action": [spring.pk, summer.pk]}
    compared = client.post(ADMIN, chosen, follow=True)
    assert [plan.name for plan in compared.context["plans"]] == ["Summer", "Autumn"]
    assert all(len(texts) == 2 for _label, texts in compared.context["rows"])
    assert "Choose two" in client.post(ADMIN, {**chosen, "_selected_action": [spring.pk]}, follow=True).content.decode()
    client.post(f"{ADMIN}{spring.pk}/delete/", {"post": "yes"})
    assert Plan.objects.get() == summer


def test_the_plans_of_others_are_looked_at_and_managers_delete_them() -> None:
    for flag in ({"shared": "on"}, {}):
        browser_of("Editors").post(f"{ADMIN}keep/", {"query": QUERY, "name": f"mine {len(flag)}", **flag})
    own, shared = (Plan.objects.get(name=name) for name in ("mine 0", "mine 1"))
    for role, figures in (("Viewers", shared.published), ("Managers", shared.answer)):
        client = browser_of(role)
        [row] = client.get(ADMIN).context["cl"].result_list
        assert (row.pk, row.total) == (shared.pk, figures["total"])
        [listed] = rows(client.get(f"{ADMIN}export/csv/"))
        assert float(listed["spend"]) == round(figures["total"]["spend"], 2)
        seen = client.get(f"{ADMIN}{shared.pk}/change/")
        assert len(seen.context["table"].rows) == len(figures["segments"])
        assert client.post(f"{ADMIN}{shared.pk}/change/", {"name": "theirs"}).status_code == 403
        # A page that is not there leads back.
        assert client.get(f"{ADMIN}{own.pk}/change/").status_code == 302
        found = client.get(f"{ADMIN}compare/?plan={own.pk}&plan={shared.pk}&plan=x").context["plans"]
        assert found == [shared]
        client.post(f"{ADMIN}{shared.pk}/delete/", {"post": "yes"})
        assert Plan.objects.filter(pk=shared.pk).exists() == (role == "Viewers")


def test_managers_set_costs_in_any_spelling_once() -> None:
    client, costs = browser_of("Managers"), "/admin/analytics/channelcost/"
    client.post(f"{costs}add/", {"channel": " Tv ", "cost_per_thousand": "20.5"})
    again = client.post(f"{costs}add/", {"channel": "TV", "cost_per_thousand": "1"})
    assert again.context["adminform"].form.errors.keys() == {"channel"}
    stored = ChannelCost.objects.get()
    assert (stored.channel, stored.cost_per_thousand) == ("Tv", Decimal("20.5"))
    client.post(f"{costs}{stored.pk}/change/", {"cost_per_thousand": "0"})
    stored.refresh_from_db()
    assert stored.cost_per_thousand == 0
    for channel, cost in (("a", "-1"), ("", "1"), ("a", "NaN"), ("a", "1e30"), ("  ", "1")):
        answer = client.post(f"{costs}add/", {"channel": channel, "cost_per_thousand": cost})
        assert answer.context["adminform"].form.errors
    assert browser_of("Editors").post(f"{costs}add/", {"channel": "b", "cost_per_thousand": "1"}).status_code == 403
    client.post(f"{costs}{stored.pk}/delete/", {"post": "yes"})
    assert ChannelCost.objects.count() == 0


def test_a_plan_that_was_kept_leads_to_its_report_and_to_itself_on_the_page(manager: APIClient) -> None:
    owner = User.objects.get(username="managers")
    asked: dict[str, Any] = {"budget": 7.5, "reach": 40, "min_residents": 3, "plan_by": "city,channel"}
    filters = Filters(ask="plan", gender=("female",), cost_of=("radio", "*"), cost=(20.0, 50.0), **asked)
    kept = keep_plan(budget=budget_of(filters, owner), name="x", is_shared=False, actor=owner)
    assert filters_of(kept.body) == filters
    assert filters_of({**kept.body, "filters": {"import_id": 1}}) is None
    assert filters_of({**kept.body, "group_by": ["channel", "gender"]}) is None
    part = report(filters, owner)
    assert part is not None
    planned = manager.post("/analytics/plan", kept.body, format="json").json()["data"]
    assert [dict(zip(part.sheet.header, row, strict=True)) for row in part.sheet.rows] == planned["segments"]
    assert report(replace(filters, budget=None), owner) is None
