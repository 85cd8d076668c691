"""As the marketing manager would: from the dashboard to a plan that is kept, and its report."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from analytics.models import KeptAnswer
from analytics.pages.decisions import QUESTIONS
from analytics.services.asking.kept import work_out
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World
from tests.e2e.test_analytics import open_demand
from tests.e2e.test_pages import overflow

MOST_CLICKS = 11


class Clicks:
    """Counts them."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, target: Locator) -> None:
        """One more."""
        self.count += 1
        target.click()


def test_from_the_dashboard_to_a_kept_plan_and_its_report(admin: OpenPage, demand: World) -> None:
    page, clicks = admin("/admin/"), Clicks()
    clicks.on(page.get_by_role("link", name="Who wants the next course").first)
    page.wait_for_url("**/analytics/")
    clicks.on(page.locator("#decide").get_by_role("link", name="What does the budget buy?"))
    form = page.get_by_role("form", name="Budget")
    form.get_by_label("Budget", exact=True).fill("1")
    for cost in form.locator("input[name=cost]").all():
        cost.fill("50")
    clicks.on(form.get_by_role("button", name="Make the plan"))
    section = page.locator("#decide")
    first = section.locator("table").first.locator("tbody th").first.inner_text()
    assert (overflow(page), barriers(page)) == (0, [])
    section.get_by_label("Name").fill("Spring")
    clicks.on(section.get_by_role("button", name="Keep this plan"))
    expect(page.get_by_text("The plan is kept.")).to_be_visible()
    clicks.on(page.get_by_role("link", name="A report to print and hand on"))
    expect(page.locator("#plan")).to_contain_text("What does the budget buy?")
    expect(page.locator("#plan tbody tr").first).to_contain_text(first)
    assert (overflow(page), barriers(page)) == (0, [])
    assert clicks.count <= MOST_CLICKS


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("name", list(QUESTIONS))
def test_each_question_fits_and_shuts_nobody_out(
    open_page: OpenPage, demand: World, name: str, width: int, scheme: str
) -> None:
    page: Page = open_demand(open_page, demand, f"/analytics/?ask={name}", width=width, scheme=scheme)
    for key in KeptAnswer.objects.filter(wanted_at__isnull=False).values_list("pk", flat=True):
        work_out(key=key)
    # What was waited for shows itself.
    expect(page.locator("#decide [role=status]")).to_have_count(0)
    expect(page.locator("#decide")).to_contain_text(str(QUESTIONS[name].LABEL))
    found: tuple[int, Any] = (overflow(page), barriers(page))
    assert found == (0, [])
