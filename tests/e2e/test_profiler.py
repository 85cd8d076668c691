"""The profiler's pages in a browser: they run under their policy, and nothing complains, see `open_page`."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from silk.models import Request, SQLQuery

from tests.e2e.conftest import OpenPage, World, sign_in
from tests.server import Server, start_server


@pytest.fixture(scope="module")
def profiled(django_db_setup: None) -> Iterator[Server]:
    """A server that records every request."""
    with start_server(SILK_SHARE="1") as server:
        yield server


@pytest.fixture
def silk(open_page: OpenPage, world: World, profiled: Server) -> Page:
    """The list of requests, with one on it that asked the database."""
    with profiled.client(world.token) as client:
        client.get("/airports").raise_for_status()
    page = open_page(f"{profiled.url}/silk/requests/")
    sign_in(page, world.username)
    expect(page.locator(".path-div", has_text="/airports")).to_be_visible()
    return page


def pages() -> dict[str, str]:
    """Each page below `/silk/` and what stands on it."""
    request = Request.objects.get(path="/airports")
    query = SQLQuery.objects.filter(request=request).order_by("pk")[0]
    of_request = f"request/{request.pk}"
    return {
        "": "Most Time Overall",
        "requests/?view_style=row": "/airports",
        "profiling/": "Silky - Profiling",
        "cleardb/": "Silk Clear DB",
        f"{of_request}/": "Request Headers",
        f"{of_request}/sql/": "Num. Joins",
        f"{of_request}/sql/{query.pk}/": "Traceback",
        f"{of_request}/sql/{query.pk}/?pos=1": "Traceback",
        f"{of_request}/profiling/": "Silky - Profiling",
        f"{of_request}/cprofile/": "Silky - CProfile",
    }


def test_each_page_opens_without_a_complaint(silk: Page, profiled: Server) -> None:
    for path, shown in pages().items():
        silk.goto(f"{profiled.url}/silk/{path}", wait_until="load")
        assert shown in silk.content(), path


def test_a_list_of_choices_sends_its_form(silk: Page) -> None:
    """Its handler stands in an attribute, which the policy allows by its hash."""
    with silk.expect_navigation():
        silk.get_by_label("Show:").select_option("5")
    assert "show=5" in silk.url


def test_what_waits_to_be_filled_in_is_hidden(silk: Page) -> None:
    """By a style in an attribute."""
    assert {one.evaluate("e => e.style.display") for one in silk.locator(".resizing-input > span").all()} == {"none"}


def test_another_handler_or_style_in_an_attribute_does_not_count(silk: Page, browser: Browser) -> None:
    """A negative control: what somebody brings into the page is refused. Nobody watches this one for complaints."""
    with browser.new_context(storage_state=silk.context.storage_state()) as context:
        page = context.new_page()
        page.goto(silk.url)
        refused = page.evaluate(
            """() => new Promise((resolve) => {
                const refused = [];
                document.addEventListener("securitypolicyviolation", (event) => {
                    refused.push(event.effectiveDirective);
                    if (refused.length === 2) resolve(refused.sort());
                });
                document.body.setAttribute("onclick", "window.stolen = 1");
                document.body.setAttribute("style", "color: red");
            })"""
        )
    assert refused == ["script-src-attr", "style-src-attr"]


def test_a_date_is_picked_for_a_filter(silk: Page) -> None:
    """The picker would have code evaluated, which the policy refuses: its forms of dates are of our own."""
    silk.locator("#filter-button").click()
    field = silk.locator("input[name=filter-beforedate-value]")
    field.click()
    picker = silk.locator(".xdsoft_datetimepicker:visible")
    picker.locator("td.xdsoft_date:not(.xdsoft_other_month)").first.click()
    picker.locator(".xdsoft_time", has_text="13:00").dispatch_event("click")
    assert re.fullmatch(r"\d{4}/\d\d/01 13:00", field.input_value())
