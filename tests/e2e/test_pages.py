"""The pages that everybody may open, in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.common.http.site import openapi_document
from tests.e2e.conftest import OpenPage

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_home_fits_the_window_and_leads_everywhere(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page("/", width=width, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who wants the next course?")
    links = [link.get_attribute("href") for link in page.locator(".cards a").all()]
    assert (overflow(page), links) == (0, ["/analytics/", "/admin/", "/docs", "/redoc", "/schema", "/health/ready"])


def test_home_is_light_or_dark_as_the_reader_likes(open_page: OpenPage) -> None:
    colours = [
        open_page("/", scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor") for scheme in SCHEMES
    ]
    assert colours == ["rgb(255, 255, 255)", "oklch(0.21 0.034 264.665)"]


def operations() -> list[tuple[str, str]]:
    """Method and path of every operation in the document."""
    paths: dict[str, Any] = openapi_document()["paths"]
    return sorted((method.upper(), path) for path, methods in paths.items() for method in methods)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_swagger_ui_shows_every_operation(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page("/docs", width=width, scheme=scheme)
    blocks = page.locator(".opblock-summary")
    expect(blocks).to_have_count(len(operations()))
    shown = [
        (
            block.locator(".opblock-summary-method").inner_text(),
            str(block.locator(".opblock-summary-path").get_attribute("data-path")),
        )
        for block in blocks.all()
    ]
    assert (sorted(shown), overflow(page)) == (operations(), 0)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_redoc_shows_every_operation(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page("/redoc", width=width, scheme=scheme)
    # It lays the whole document out before it shows anything.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demanda", timeout=20_000)
    expect(page.locator("[data-section-id^='tag/'][data-section-id*='/operation/']")).to_have_count(len(operations()))
    # Its styles count: they carry the nonce of the page. On a phone the menu waits to be opened.
    menu = page.locator(".menu-content").evaluate("one => getComputedStyle(one).display")
    assert menu == ("flex" if width > 1000 else "none")
    assert overflow(page) == 0


def test_redoc_finds_an_operation(open_page: OpenPage) -> None:
    """Its search runs in a worker that it makes of a text, which the policy of this page alone allows."""
    page = open_page("/redoc")
    page.get_by_role("textbox").fill("opportunities")
    expect(page.locator("[data-role='search:results'] li").first).to_contain_text(
        "Find where to advertise next", timeout=20_000
    )
