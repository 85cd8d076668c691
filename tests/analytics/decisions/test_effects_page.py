"""The questions of effects and holdouts on the page, as a browser without JavaScript gets them."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from analytics.services.counting.refresh_demand import refresh_demand
from imports.demo.deliveries import make_demo
from imports.services.loading.load_document import load_document
from tests.analytics.counted import make
from tests.analytics.decisions.helpers import work_out_all
from tests.analytics.decisions.test_effects import segment_counts
from tests.analytics.decisions.test_holdout import city_counts
from tests.analytics.pages.asking import BrowserOf, text_of
from tests.analytics.pages.conftest import browser_of

__all__ = ["browser_of"]
pytestmark = pytest.mark.django_db


def chart(page: str, name: str) -> Any:
    """What is drawn."""
    [found] = re.findall(rf'<script id="{name}-data" type="application/json">(.*?)</script>', page)
    return json.loads(found)


def test_effects_are_counted_and_then_drawn_with_the_index_beside_them(browser_of: BrowserOf) -> None:
    user = User.objects.create_superuser("root")
    for delivery in make_demo(citizens=120, seed=4, deliveries=1):
        load_document(body=delivery.body, source=delivery.source, actor=user)
    refresh_demand()
    client = browser_of("Managers")
    assert "This is being counted." in text_of(client, "?ask=effects&gender=male&min_residents=2")
    work_out_all()
    page = text_of(client, "?ask=effects&gender=male&min_residents=2")
    rows = client.get("/analytics/effects?gender=male").json()["data"]
    for factor in ("channel", "age_group", "gender", "city"):
        expected = [row["effect"] for row in rows if row["factor"] == factor and row["effect"] is not None]
        drawn = [item["value"] for item in chart(page, f"effects-{factor}")["items"]]
        # Ages stand in their order, and of cities the largest.
        assert sorted(drawn) == (sorted(expected) if len(expected) <= 15 else sorted({*drawn} & {*expected}))
    [csv] = re.findall(r'href="(/analytics/effects\?[^"]*format=csv[^"]*)"', page)[:1]
    assert client.get(csv.replace("&amp;", "&")).status_code == 200


def test_whoever_may_not_see_residents_reads_what_is_not_held_equal(browser_of: BrowserOf) -> None:
    make("a", segment_counts() | {("Kharkiv", 3, "tv", "male"): (2, 2, 1)})
    page = text_of(browser_of("Viewers"), "?ask=effects")
    assert "large enough to show: City." in page
    assert "Above 100 in the whole range: tv" in page
    assert "effects-city-data" not in page
    assert [item["name"] for item in chart(page, "effects-age_group")["items"]] == ["18-24", "25-34", "35-44"]


def test_a_holdout_says_what_can_be_seen_and_its_files_have_the_same_cities(browser_of: BrowserOf) -> None:
    make("a", city_counts())
    client = browser_of("Managers")
    page = text_of(client, "?ask=holdout&seed=5")
    design = client.get("/analytics/holdout?seed=5").json()
    points = chart(page, "holdout")["lines"][0]["points"]
    assert points[-1]["value"] == pytest.approx(100 * design["detectable_lift"])
    part = page.partition('id="decide"')[2].partition("</section>")[0]
    shown = re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a></th><td>(yes|no)</td>', part)
    assert shown == [(row["city"], "yes" if row["arm"] == "campaign" else "no") for row in design["data"]]
    [csv] = re.findall(r'href="(/analytics/holdout\?[^"]*format=csv[^"]*)"', page)
    table: Any = client.get(csv.replace("&amp;", "&"))
    assert b"".join(table.streaming_content).decode().count("\n") == len(shown) + 1
    fewer = text_of(client, "?ask=holdout&seed=5&pairs=1")
    assert len(re.findall(r"<td>(?:yes|no)</td>", fewer.partition('id="decide"')[2].partition("</section>")[0])) == 2
    assert "needs two cities" in text_of(client, "?ask=holdout&city=Kyiv")


@pytest.mark.parametrize("query", ["?ask=holdout&seed=-1", "?ask=holdout&pairs=x"])
def test_what_is_not_right_is_refused(browser_of: BrowserOf, query: str) -> None:
    assert browser_of("Managers").get(f"/analytics/{query}").status_code == 400
