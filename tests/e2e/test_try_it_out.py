"""Swagger UI sends every GET with the token that it was given and what stands in its fields, and gets an answer."""

from playwright.sync_api import Page, Response, expect

from tests.e2e.conftest import OpenPage, World
from tests.openapi.calls import Call, calls
from tests.openapi.objects import Objects


def authorize(page: Page, token: str) -> None:
    page.get_by_role("button", name="Authorize").first.click()
    form = page.locator(".auth-container", has_text="Authorization")
    form.get_by_role("textbox").fill(f"Token {token}")
    form.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()


def try_out(page: Page, call: Call) -> int:
    """Fills in what is required, leaves the rest as the page has it, and sends it; the status of the answer."""
    path = call.path.format_map(call.given.get("path", {}))

    def is_its_answer(response: Response) -> bool:
        return response.request.method == "GET" and response.url.partition("?")[0].endswith(path)

    block = page.locator(".opblock-get", has=page.locator(f'[data-path="{call.path}"]'))
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    for name, value in (pair for place in ("path", "query") for pair in call.given.get(place, {}).items()):
        row = block.locator(f'tr[data-param-name="{name}"]')
        if isinstance(value, list):
            row.get_by_role("button", name="Add string item").click()
        row.locator("input").fill(str(value[0] if isinstance(value, list) else value))
    with page.expect_response(is_its_answer) as answer:
        block.get_by_role("button", name="Execute").click()
    status = answer.value.status
    shown = block.locator(".live-responses-table tbody .response-col_status").first
    expect(shown).to_contain_text(str(status))
    block.locator(".opblock-summary-control").click()
    return status


def test_every_get_works_with_what_stands_in_its_fields(open_page: OpenPage, world: World) -> None:
    objects = Objects()
    page = open_page("/docs")
    authorize(page, world.token)
    asked = [objects.about(call) for call in calls() if (call.method, call.about) == ("GET", "least")]
    statuses = {call.path: try_out(page, call) for call in asked}
    assert {path: status for path, status in statuses.items() if status >= 300} == {}
    assert len(statuses) > 20
