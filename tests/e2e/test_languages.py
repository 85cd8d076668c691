"""The pages hold in the longest language, on a phone too."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage
from tests.e2e.test_pages import overflow

OPEN = ("/", "/admin/login/", "/admin/password/forgotten/", "/admin/password/sent/")
SIGNED_IN = ("/admin/", "/admin/preferences/", "/admin/second-factor/", "/admin/auth/user/add/", "/admin/auth/user/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locale", ["es", "ru"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_page(open_page: OpenPage, admin: OpenPage, locale: str, width: int) -> None:
    found = {}
    for path in OPEN:
        page = open_page(path, width=width, locale=locale)
        expect(page.locator("html")).to_have_attribute("lang", locale)
        found[path] = (overflow(page), barriers(page))
    page = admin("/admin/", width=width, locale=locale)
    for path in SIGNED_IN:
        page.goto(path)
        found[path] = (overflow(page), barriers(page))
    assert {path: one for path, one in found.items() if one != (0, [])} == {}
