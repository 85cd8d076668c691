"""The calendar and the flows on the page: their figures, what is certain, when to advertise, what Viewers are told."""

import html
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from analytics.pages.decisions.calendar import advertise_from
from config.common.accounts.services.tokens import issue_token
from tests.analytics.decisions.helpers import work_out_all
from tests.analytics.decisions.related import courses, deliver
from tests.analytics.pages.asking import HTML, PAGE, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


def browser(role: str) -> Client:
    issue_token(username=role.lower(), role=role)
    client = Client()
    client.force_login(User.objects.get(username=role.lower()))
    return client


def asked(client: Client, query: str) -> str:
    """The section of the page, after a worker had its turn."""
    client.get(PAGE + query, **HTML)
    work_out_all()
    part = text_of(client, query).partition('id="decide"')[2].partition("</section>")[0]
    assert "This is being counted" not in part
    return html.unescape(part)


def data_of(section: str, chart: str) -> Any:
    [found] = re.findall(rf'<script id="{chart}-data" type="application/json">(.*?)</script>', section, re.DOTALL)
    return json.loads(found)


def links(section: str) -> list[str]:
    return re.findall(r'href="(/analytics/(?:calendar|flows)\?[^"]*)"', section)


def test_the_calendar_has_the_figures_of_the_api_and_keeps_the_filters() -> None:
    deliver()
    client = browser("Managers")
    section = asked(client, "?ask=calendar&source=a&group=age_group&of=recipient")
    cells = data_of(section, "calendar")["cells"]
    csv, _xlsx = links(section)
    lines = b"".join(client.get(csv)).decode("utf-8-sig").splitlines()[1:]
    assert sorted(f"{cell['name']},{cell['x'] + 1},{cell['value']}" for cell in cells) == sorted(lines)
    ages = list(dict.fromkeys(cell["name"] for cell in cells))
    assert ages == sorted(ages, key=lambda age: int(age[:2].strip("-+")))
    assert "source=a" in section
    assert "No month stands out" in section
    assert 'href="/analytics/?source=a&ask=calendar&group=age_group#decide"' in section


@time_machine.travel(NOW, tick=False)
def test_a_lead_time_shifts_from_when_on_to_advertise() -> None:
    by_month = [0] * 13
    for *_, month in courses(deliver()):
        by_month[month] += 1
    client = browser("Managers")
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td class=\"number\">(.*?)</td><td>(.*?)</td>",
                      asked(client, "?ask=calendar"))  # fmt: skip
    assert rows[0] == ("December 2026", str(by_month[12]), "at once (20 Oct 2026 is over)")
    assert rows[2] == ("February 2027", str(by_month[2]), "21 Dec 2026")
    assert (len(rows), rows[5][0]) == (6, "May 2027")
    section = asked(client, "?ask=calendar&lead=1")
    assert "24 Nov 2026" in section
    assert data_of(section, "calendar")["line"] == round(10 + 16 / 30, 3)
    assert "1 week ahead, buys for birthdays from <strong>17 Nov 2026</strong>" in section


def test_the_form_of_the_filters_keeps_what_is_asked() -> None:
    deliver()
    chosen = {"ask": "calendar", "group": "city", "of": "recipient", "lead": "8"}
    page = text_of(browser("Managers"), f"?{urlencode(chosen)}")
    form = page.partition('class="filters"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)"', form))
    assert chosen.items() <= hidden.items()


@pytest.mark.parametrize("lead", ["0", "53", "x"])
def test_a_lead_time_is_1_to_52_weeks(lead: str) -> None:
    assert browser("Managers").get(f"{PAGE}?ask=calendar&lead={lead}", **HTML).status_code == 400


def test_one_advertises_whole_weeks_before_a_month_begins() -> None:
    day = advertise_from(date(2028, 3, 1), weeks=1)
    assert (day, date(2028, 3, 1) - day) == (date(2028, 2, 23), timedelta(days=7))


def test_the_flows_have_the_figures_of_the_api_and_words_for_the_strongest_that_leave() -> None:
    every = list(courses(deliver()))
    client = browser("Editors")
    section = asked(client, "?ask=flows&gender=female")
    found = data_of(section, "flows")
    rows, columns = [row["name"] for row in found["rows"]], found["columns"]
    csv, _xlsx = links(section)
    lines = b"".join(client.get(csv)).decode("utf-8-sig").splitlines()[1:]
    assert sorted(f"{rows[cell['y']]},{columns[cell['x']]},{cell['value']}" for cell in found["cells"]) == sorted(lines)
    leaving = [line.split(",") for line in lines if line.split(",")[0] != line.split(",")[1]]
    strongest = re.findall(r"<li>From (\S+) to (\S+): (\d+) courses", section)
    assert [list(flow) for flow in strongest] == leaving[:3]
    part = sum(int(flow[2]) for flow in leaving)
    bought = sum(buyer["gender"] == "female" for buyer, *_ in every)
    assert (
        f"{part} of {bought} courses, {100 * part / bought:.1f} %, are bought for somebody of another group" in section
    )


def test_viewers_read_what_the_months_are_made_of_and_why_there_are_no_flows() -> None:
    deliver(residents=300, relations=500)
    client = browser("Viewers")
    section = asked(client, "?ask=calendar&group=city")
    assert "every second one is drawn at random" in section
    assert "All twelve together hold" not in section
    assert "it is for those who may see residents" in asked(client, "?ask=flows")


@pytest.mark.parametrize("ask", ["calendar", "flows"])
def test_where_nobody_matches_nothing_breaks(ask: str) -> None:
    deliver()
    assert asked(browser("Managers"), f"?ask={ask}&group=gender&age_group=0-17&channel=tv&town=Kyiv") is not None
