"""The page of the demand as a browser without JavaScript gets it."""

import codecs
import html
import json
import re
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from analytics.models import DemandSettings, TownPlace
from config.common.spellings import fold
from tests.analytics.counted import make
from tests.analytics.pages.asking import DEMAND, EVIL_CHANNEL, EVIL_TOWN, HTML, PAGE, BrowserOf, cells, text_of
from tests.common.helpers import one_import

pytestmark = pytest.mark.django_db


def test_the_figures_are_the_ones_of_the_api(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Managers")
    page = text_of(client)
    for section, path, keys in (
        ("heat", "demand?group_by=city,age_group", ["city", "age_group"]),
        ("channels", "demand?group_by=channel", ["channel"]),
        ("opportunities", "opportunities", ["city", "age_group", "channel"]),
        ("segments", "demand", ["city", "age_group", "channel"]),
    ):
        rows = client.get(f"/analytics/{path}").json()["data"]
        expected = [
            [*(named(row, key) for key in keys), *(str(row[n]) for n in ("residents", "courses", "buyers"))]
            for row in rows
        ]
        assert sorted(row[: len(keys) + 3] for row in cells(page, section)) == sorted(expected), section
    trend = client.get("/analytics/trend").json()["data"]
    assert sorted((row[1], row[3], row[4]) for row in cells(page, "trend")) == sorted(
        (str(row["import_id"]), str(row["residents"]), str(row["courses"])) for row in trend
    )
    [city] = json.loads(b"".join(client.get("/analytics/cities")))["features"]
    assert [row[0] for row in cells(page, "map")] == [named(city["properties"], "city")]


def named(row: dict[str, Any], key: str) -> str:
    """How the page writes a key of a row: with a city its country."""
    return f"{row['city']}, {row['country']}" if key == "city" and row["country"] else row[key]


def test_the_headline_says_what_the_last_delivery_changed(browser_of: BrowserOf, counted: None) -> None:
    page = text_of(browser_of("Managers"))
    part = page.partition('class="tile-figures"')[2].partition("</ul>")[0]
    assert re.findall(r"<strong>([^<]+)</strong>", part) == ["76", "90", "48", "118.4"]
    assert re.findall(r'class="tile-change tile-[a-z]+">([^<]+)<', part) == ["+4", "±0", "+4", "−8.4"]


def test_a_filter_changes_every_chart_and_stays_in_the_url(browser_of: BrowserOf, counted: None) -> None:
    page = text_of(browser_of("Managers"), "?channel=radio&measure=index")
    assert [row[:4] for row in cells(page, "segments")] == [["Kyiv, UA", "25-34", "radio", "10"]]
    assert 'name="channel" value="radio" checked>radio' in page
    assert "By city and age through radio" in page
    assert 'href="/analytics/?channel=radio#heat"' in page
    assert "/analytics/demand?channel=radio&amp;index_base=all&amp;bom=true&amp;format=csv" in page


def test_a_form_that_sends_empty_fields_leads_to_the_short_address(browser_of: BrowserOf, counted: None) -> None:
    answer = browser_of("Viewers").get(f"{PAGE}?town=&channel=tv&min_residents=&offset=", **HTML)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/analytics/?channel=tv")


def test_every_name_is_text(browser_of: BrowserOf, counted: None) -> None:
    TownPlace.objects.filter(town=fold("Kyiv")).update(city="<i>", method="alias")
    TownPlace.objects.create(
        town=fold(EVIL_TOWN),
        method="name",
        city=EVIL_TOWN,
        country="UA",
        latitude=1,
        longitude=1,
        placed_at=datetime.now(UTC),
    )
    client = browser_of("Managers")
    for query in ("", "?town=%3Cscript%3E", "?source=%22%3E%3Cb%3E", f"?channel={EVIL_CHANNEL.replace('=', '%3D')}"):
        page = text_of(client, query)
        assert ("<script>alert" in page, "<b>" in page, "<i>" in page) == (False, False, False)
    assert [f"{EVIL_TOWN}, UA", "65+", EVIL_CHANNEL] in [row[:3] for row in cells(text_of(client), "segments")]


def test_who_may_not_see_residents_sees_small_segments_merged(browser_of: BrowserOf) -> None:
    make("a", {**DEMAND, ("Lviv", 3, "tv", "male"): (2, 9, 2), ("Odesa", 3, "tv", "male"): (4, 9, 2)})
    page = text_of(browser_of("Viewers"))
    assert ("Lviv" in page, "Odesa" in page, "Other (small segments merged)" in page) == (False, False, True)
    told = "42 of 72 residents stand in groups too small to show"
    named_by = "city, age and channel (0 %)", "city and age (0 %)", "city (42 %)"
    assert [part in page for part in (told, *named_by)] == [True] * 4
    whole = text_of(browser_of("Managers"))
    assert ("Lviv" in whole, told in whole) == (True, False)


def test_the_page_opens_with_the_finest_segments_by_which_most_residents_are_named(
    browser_of: BrowserOf,
) -> None:
    # Two buyers by channel are too few to be shown, four by city and age are not.
    keys = product(("Kyiv", "Lviv", "Odesa"), (1, 2, 3), ("tv", "radio"), ("male",))
    make("a", dict.fromkeys(keys, (6, 9, 2)))
    viewers, managers = browser_of("Viewers"), browser_of("Managers")
    page = text_of(viewers)
    assert '<strong aria-current="true">city and age' in page
    assert 'href="/analytics/?by=city#opportunities"' in page
    assert "group_by=city%2Cage_group" in page
    assert '<strong aria-current="true">city, age and channel</strong>' in text_of(managers)
    by_city = text_of(viewers, "?by=city")
    assert '<strong aria-current="true">city (' in by_city
    assert '<input type="hidden" name="by" value="city">' in by_city


def test_one_age_group_over_time_is_for_those_who_may_see_residents(browser_of: BrowserOf, counted: None) -> None:
    told = 'One age group over time is shown to those who may see residents. <a href="/analytics/#trend">'
    found = {role: told in text_of(browser_of(role), "?age_group=18-24") for role in ("Viewers", "Editors")}
    assert found == {"Viewers": True, "Editors": False}
    assert told not in text_of(browser_of("Viewers"))


def test_an_empty_database_says_what_to_do(browser_of: BrowserOf) -> None:
    page = text_of(browser_of("Managers"))
    assert ("No delivery has been counted yet" in page, "make_demo" in page, 'value="refresh"' in page) == (True,) * 3
    assert ('value="refresh"' in text_of(browser_of("Viewers")), "<svg" in page) == (False, False)


def test_filters_that_nobody_matches_say_so_and_how_to_go_on(browser_of: BrowserOf, counted: None) -> None:
    page = text_of(browser_of("Viewers"), "?channel=nothing&gender=male")
    assert "There is no resident with channel nothing, gender male" in page
    assert 'href="/analytics/?gender=male">without channel nothing' in page
    assert "did you mean" not in page


def test_a_delivery_that_is_not_counted_yet_shows_and_can_be_counted(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Editors")
    assert "Out of date" not in text_of(client)
    one_import()
    assert ("Out of date" in text_of(client), 'value="refresh"' in text_of(client)) == (True, True)
    assert 'value="refresh"' not in text_of(browser_of("Viewers"))


@pytest.mark.parametrize("extra", [0, 2])
@pytest.mark.parametrize(("role", "queries"), [("Managers", 32), ("Viewers", 33)])
def test_a_page_takes_as_many_queries_whatever_there_is(
    browser_of: BrowserOf,
    counted: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    role: str,
    queries: int,
    extra: int,
) -> None:
    for number in range(extra):
        make(f"more {number}", {(f"town {number}", number, "tv", "male"): (10, number, number)})
    client = browser_of(role)
    with django_assert_num_queries(queries):
        client.get(PAGE, **HTML)


def test_nobody_is_told_to_advertise_to_a_handful_of_people(browser_of: BrowserOf) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (1, 90, 1), ("Lviv", 1, "tv", "male"): (50, 60, 30)})
    page = text_of(browser_of("Managers"))
    assert [row[0] for row in cells(page, "opportunities")] == ["Lviv"]
    assert "/analytics/opportunities?min_residents=5&amp;index_base=all&amp;bom=true&amp;format=csv" in page
    assert "/analytics/opportunities?min_residents=5&amp;index_base=all&amp;format=xlsx" in page


def test_each_table_is_to_be_had_for_excel(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Managers")
    page = html.unescape(text_of(client))
    links = re.findall(r'href="(/analytics/[a-z]+\?[^"]*format=(?:csv|xlsx))"', page)
    assert len(links) == 2 * len(re.findall("<table", page)) > 0
    for link in links:
        answer = client.get(link)
        start = b"".join(answer)[:3]
        assert (answer.status_code, start) == (200, codecs.BOM_UTF8 if "csv" in link else b"PK\x03"), link


def test_until_everything_is_counted_by_new_age_groups_the_old_ones_stand_there(
    browser_of: BrowserOf, counted: None
) -> None:
    DemandSettings.objects.create(pk=1, age_bounds=[0, 30], small_segment=40)
    page = text_of(browser_of("Managers"))
    assert ["Kyiv, UA", "18-24"] in [row[:2] for row in cells(page, "heat")]
    assert ('value="18-24">18-24' in page, "Segments of at least 5 residents" in page) == (True, True)


def test_a_link_behind_each_term_leads_to_its_sentence(browser_of: BrowserOf, counted: None) -> None:
    page = text_of(browser_of("Viewers"))
    terms = re.findall(r'<dt id="(word-[a-z]+)">[^<]+</dt>\s*<dd>[^<]+\.</dd>', page)
    assert len(terms) == len(set(terms)) == 6
    assert set(re.findall(r'href="#(word-[a-z]+)"', page)) == set(terms)


def test_where_nothing_is_counted_no_word_needs_to_be_said() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    assert "What the words mean" not in text_of(client)
