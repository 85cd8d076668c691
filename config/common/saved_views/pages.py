"""The pages whose views can be saved. Each app tells the ground of its own when the process starts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from config.common.problems import FieldError, InvalidInput, NotFound

LONGEST_QUERY = 2_000
# A view says how many rows it has up to here, and from here on "more than".
MOST_COUNTED = 10_000


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page with filters in its address.

    `name` is that of its URL, which takes no arguments. `parameters`: the names in its query that may be saved; never
    one that holds what a person is called. `is_open`: whether a user may open it. `count`: how many rows a user sees
    there by a query, up to one more than `MOST_COUNTED`, and None where that cannot be said.
    """

    name: str
    title: str | Promise
    parameters: Collection[str]
    is_open: Callable[[User], bool]
    count: Callable[[User, QueryDict], int | None]

    def href(self, query: str = "") -> str:
        """Gives the address with this query."""
        return f"{reverse(self.name)}{'?' if query else ''}{query}"

    def cleaned(self, query: str) -> str:
        """Gives `query` as it is saved, without what is empty. Raises `InvalidInput` for a parameter of another page
        and for what is too long."""
        asked = QueryDict(query)
        pairs = [(name, value) for name, values in asked.lists() for value in values if value]
        strangers = sorted({name for name, _value in pairs} - set(self.parameters))
        if strangers:
            detail = _("This page has no such filter.")
            raise InvalidInput(detail, errors=[FieldError(f"?{name}", "unknown", detail) for name in strangers])
        written = urlencode(list(dict.fromkeys(pairs)))
        if len(written) > LONGEST_QUERY:
            raise InvalidInput(_("So many filters cannot be saved."))
        return written

    def known_part(self, query: str) -> str:
        """Gives of `query` what can be saved: without the number of the page, and the name of a resident."""
        asked = QueryDict(query)
        return urlencode([(name, value) for name in asked if name in self.parameters for value in asked.getlist(name)])


_PAGES: dict[str, Page] = {}


def register(page: Page) -> None:
    """Makes the views of `page` ones that can be saved; a later one of the same name takes its place."""
    _PAGES[page.name] = page


def page_called(name: str) -> Page:
    """Finds a page by the name of its URL. Raises `NotFound`."""
    try:
        return _PAGES[name]
    except KeyError:
        raise NotFound(_("There is no such page.")) from None


def open_pages(actor: User) -> dict[str, Page]:
    """Lists the pages that `actor` may open, by name."""
    return {name: page for name, page in _PAGES.items() if page.is_open(actor)}
