"""A page whose views are saved."""

import pytest
from django.contrib.auth.models import User

from config.common.saved_views import pages
from config.common.saved_views.pages import MOST_COUNTED, Page

# Who may not open the page.
SHUT_OUT = "Importers"


def is_open(actor: User) -> bool:
    """Whether `actor` may open the page of the tests."""
    return not actor.groups.filter(name=SHUT_OUT).exists()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page of users, filtered by `q` and `size`; it has `size` rows."""
    made = Page(
        name="admin:auth_user_changelist",
        title="Users",
        parameters=frozenset({"q", "size"}),
        is_open=is_open,
        count=lambda _actor, query: min(int(str(query["size"])), MOST_COUNTED + 1) if "size" in query else None,
    )
    monkeypatch.setattr(pages, "_PAGES", {made.name: made})
    return made
