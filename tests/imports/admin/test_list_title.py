"""The lists are called what the menu calls them."""

import pytest
from django.contrib.auth.models import User

from config.settings.navigation import NAVIGATION
from tests.imports.admin.people import browser, text

ENTRIES = {item["title"]: item["link"] for one in NAVIGATION if one["title"] == "Residents" for item in one["items"]}


@pytest.mark.django_db
@pytest.mark.parametrize("title", ENTRIES)
def test_a_list_is_called_what_the_menu_calls_it(title: str, superuser: User) -> None:
    assert len(ENTRIES) == 4
    assert f"<title> {title} |" in text(browser(superuser).get(str(ENTRIES[title])))
