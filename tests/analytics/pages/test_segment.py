"""A figure stays itself: behind each link of a ranking is a page that is headed by the same one."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from analytics.pages.filters import GROUPINGS, Filters
from analytics.pages.query import PageQuery
from analytics.pages.sections.segment import residents_href
from config.common.http.query import read_query
from tests.analytics.counted import make
from tests.analytics.pages.asking import DEMAND, HTML, BrowserOf, cells, text_of

pytestmark = pytest.mark.django_db

AGES = ("0-17", "18-24", "25-34", "35-64", "65+")


def part(page: str, section: str) -> str:
    """A section of the page."""
    return page.partition(f'id="{section}"')[2].partition("</section>")[0]


def ranked(page: str, section: str) -> dict[str, list[str]]:
    """The rows of a table whose first cell leads somewhere: the address, and the figures from residents on."""
    found = re.findall(r'<tr><th scope="row">(?:<a href="(/analytics/[^"]+)")?', part(page, section))
    rows = zip(found, cells(page, section), strict=True)
    return {html.unescape(address): row[-6:] for address, row in rows if address}


def heading(client: Client, address: str) -> tuple[str, str]:
    """The index that heads the page of a segment, and its interval."""
    page = text_of(client, address.removeprefix("/analytics/"))
    [title] = re.findall(r'<h2 id="segment-title">(.*): (\S+)</h2>', page)
    [interval] = re.findall(r"certainty ([^<]+)\.</p>", part(page, "segment"))
    return title[1], interval


@pytest.mark.parametrize("role", ["Managers", "Viewers"])
@pytest.mark.parametrize("by", GROUPINGS)
def test_behind_each_link_of_a_ranking_stands_its_figure(
    browser_of: BrowserOf, counted: None, role: str, by: str
) -> None:
    client = browser_of(role)
    page = text_of(client, f"?by={by}")
    for section in ("opportunities", "segments"):
        rows = {
            address: row
            for address, row in ranked(page, section).items()
            if "?" in address.partition("by=")[0] or "&" in address
        }
        assert rows or role == "Viewers"
        for address, row in rows.items():
            assert heading(client, address) == (f"{float(row[4].replace(',', '')):,.0f}", row[5]), address


def test_the_list_behind_a_segment_has_the_interval_of_the_ranking(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Managers")
    for address, row in ranked(text_of(client), "opportunities").items():
        assert [found[-6:] for found in cells(text_of(client, address.removeprefix("/analytics/")), "segments")] == [
            row
        ]


def test_the_links_of_the_dashboard_lead_to_its_figures(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Managers")
    front = client.get("/admin/", **HTML).content.decode()
    figure = r'<a href="(/analytics/[^"]*)"><span>([^<]+)</span> <strong>([^<]+)</strong></a>'
    links = re.findall(figure, front)
    assert len(links) == 4
    for address, label, value in links:
        there = {
            name: text
            for _href, name, text in re.findall(
                figure, text_of(client, urlsplit(address).query and f"?{urlsplit(address).query}")
            )
        }
        assert there[label] == value, label


def test_neighbours_differ_in_one_thing_and_lead_to_their_own_pages(browser_of: BrowserOf) -> None:
    make("a", {**DEMAND, ("Kyiv", 2, "tv", "female"): (12, 40, 9), ("Lviv", 1, "tv", "male"): (9, 9, 9)})
    client = browser_of("Managers")
    page = text_of(client, "?city=Kyiv&country=none&age_group=18-24&channel=tv")
    tables = re.findall(r"<caption>(The same [^<]+)</caption>", part(page, "segment"))
    assert tables == ["The same in other cities", "The same at other ages"]
    rows = re.findall(r'<th scope="row">(?:<a href="([^"]+)">)?([^<]+)(?:</a>)?</th>', part(page, "segment"))
    assert [(name, bool(href)) for href, name in rows] == [
        ("Kyiv", False), ("Xyzzy", True), ("Lviv", True), ("18-24", False), ("25-34", True),
    ]  # fmt: skip
    ages = html.unescape(rows[-1][0])
    assert parse_qs(urlsplit(ages).query) == {
        "city": ["Kyiv"], "country": ["none"], "age_group": ["25-34"], "channel": ["tv"],
    }  # fmt: skip
    [shown] = re.findall(r'>25-34</a></th><td class="number">12</td><td class="number">([0-9.]+)<', page)
    assert heading(client, ages)[0] == f"{float(shown):.0f}"


def test_several_values_are_one_segment(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Managers")
    page = text_of(client, "?channel=tv&channel=radio&city=Kyiv")
    [total] = client.get("/analytics/demand?channel=tv&channel=radio&city=Kyiv&group_by=country&index_base=all").json()[
        "data"
    ]
    assert f'<h2 id="segment-title">Kyiv, tv / radio: {total["index"]:,.0f}</h2>' in page
    assert {row[2] for row in cells(page, "segments")} == {"radio", "tv"}
    assert re.findall(r'href="([^"]+)"><span class="tile-hidden">Remove </span>([^<]+)<', page) == [
        ("/analytics/?channel=tv&amp;channel=radio", "city Kyiv"),
        ("/analytics/?city=Kyiv&amp;channel=radio", "channel tv"),
        ("/analytics/?city=Kyiv&amp;channel=tv", "channel radio"),
    ]


def test_the_way_to_the_residents_is_for_those_who_may_see_them(browser_of: BrowserOf, counted: None) -> None:
    query = "?city=Kyiv&country=UA&age_group=18-24&channel=tv"
    asked = "segment=current&amp;country=UA&amp;city=Kyiv&amp;channel=tv&amp;age_from=18&amp;age_to=24"
    told = f'href="/admin/imports/citizen/?{asked}"'
    found = {role: told in text_of(browser_of(role), query) for role in ("Viewers", "Importers", "Editors", "Managers")}
    assert found == {"Viewers": False, "Importers": False, "Editors": True, "Managers": True}


@pytest.mark.parametrize(
    ("groups", "ages"),
    [
        (("18-24",), {"age_from": ["18"], "age_to": ["24"]}),
        (("25-34", "18-24"), {"age_from": ["18"], "age_to": ["34"]}),
        (("65+",), {"age_from": ["65"]}),
        (("0-17",), {"age_from": ["0"], "age_to": ["17"]}),
        (("0-17", "25-34"), None),
        (("7-9",), None),
    ],
)
def test_ages_of_residents_are_one_range(groups: tuple[str, ...], ages: dict[str, list[str]] | None) -> None:
    query = parse_qs(urlsplit(residents_href(Filters(age_group=groups), AGES)).query)
    assert query == ({} if ages is None else {"segment": ["current"], **ages})


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9).filter(str.strip)
CHOSEN = st.dictionaries(
    st.sampled_from(["city", "town", "channel", "source"]), st.lists(NAMES, unique=True, max_size=3).map(tuple)
)


@given(chosen=CHOSEN, least=st.integers(0, 10**6))
def test_the_address_keeps_every_filter(chosen: dict[str, tuple[str, ...]], least: int) -> None:
    values: dict[str, Any] = {"min_residents": least, **chosen}
    filters = Filters(**values)
    assert Filters(**read_query(QueryDict(filters.href().partition("?")[2]), PageQuery)) == filters
