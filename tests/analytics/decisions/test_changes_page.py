"""The page's section of what changed: one source, what is real, what is noise, and where the figures are."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analytics.pages.decisions.changes import GROUPINGS
from analytics.services.counting.refresh_demand import refresh_demand
from config.common.accounts.services.tokens import issue_token
from tests.analytics.decisions.deliveries import deliver
from tests.analytics.decisions.helpers import work_out_all
from tests.analytics.pages.asking import cells, text_of

pytestmark = pytest.mark.django_db
ASK = "?ask=changes"


@pytest.fixture
def changed() -> None:
    """Kyiv has six times as many courses as before, in Lviv everybody is new and nothing else."""
    deliver("a", kyiv=1, lviv=1)
    deliver("a", kyiv=6, lviv=1, first=5000)
    refresh_demand()


def section_of(page: str) -> str:
    return re.sub(r"\s+", " ", page.partition('id="decide"')[2].partition("</section>")[0])


def shown(client: Client, query: str = ASK) -> str:
    """The section after a worker had its turn."""
    assert "being counted" in section_of(text_of(client, query))
    assert work_out_all() == len(GROUPINGS)
    return text_of(client, query)


def test_it_says_what_is_real_and_what_is_noise(changed: None, root: Client) -> None:
    page = shown(root)
    section, by_city = section_of(page), page.partition('id="changes-channel-chart"')[0] + "</section>"
    assert "Residents: 0 stayed, 400 new, 400 gone." in section
    assert "Real: 1 change is more than chance. Kyiv, UA +318.0." in section
    assert "Noise: 1 group changed" in section
    [row, other] = cells(by_city, "changes-city-chart")
    assert (row[0], row[-1], other[0], other[5], other[-1]) == (
        "Kyiv, UA", "real", "Lviv, UA", "±0.0", "noise",
    )  # fmt: skip


def test_its_downloads_are_those_figures(changed: None, root: Client) -> None:
    page = shown(root, f"{ASK}&gender=male&min_residents=3")
    hrefs = re.findall(r'href="(/analytics/changes[^"]+csv[^"]*)"', page)
    assert len(hrefs) == len(GROUPINGS)
    for href in hrefs:
        answer = root.get(href.replace("&amp;", "&"))
        assert answer.status_code == 200
        assert b"before_residents" in b"".join(answer)


def test_of_several_sources_one_is_chosen(changed: None, root: Client) -> None:
    deliver("b", kyiv=1, lviv=1)
    refresh_demand()
    section = section_of(text_of(root, ASK))
    assert "Choose a source" in section
    assert "?source=b&amp;ask=changes#decide" in section
    assert "no two complete deliveries" in section_of(text_of(root, f"{ASK}&source=b"))
    assert "Real: 1 change" in section_of(shown(root, f"{ASK}&source=a"))


def test_who_may_not_see_residents_reads_why_not(changed: None, client: Client) -> None:
    issue_token(username="viewer", role="Viewers")
    client.force_login(User.objects.get(username="viewer"))
    assert "for those who may see residents" in section_of(text_of(client, ASK))
