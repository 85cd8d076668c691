"""Each role walks through the admin and meets no link, form or action that refuses it."""

import re
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import resolve

from config.common.roles import ROLES as ROLE_TABLE
from tests.common.test_admin import PAGES, ROLES, person, row, signed_in

pytestmark = pytest.mark.django_db
MOST_PAGES = 600
# They answer no page: a sign-out, and what scripts ask.
_NOT_FOLLOWED = re.compile(r"^/(static/|admin/logout/|admin/jsi18n/)")


class Targets(HTMLParser):
    """What a page offers: links, forms with where they are sent, actions of its list."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.add(given["href"] or "")
        if tag == "form":
            self.forms.add(((given.get("method") or "get").upper(), given.get("action") or ""))
        if given.get("formaction"):
            self.forms.add(("POST", given["formaction"] or ""))


def shape(path: str) -> str:
    """Pages of two rows of a model are one page, and so are two orders or filters of a list."""
    parts = urlsplit(path)
    return re.sub(r"\d+", "1", parts.path) + ("?" if parts.query else "")


def walk(client: Client) -> Iterator[tuple[str, int, Targets]]:
    """Every page that can be reached from the front page by links."""
    waiting, seen = deque(["/admin/"]), {"/admin/"}
    while waiting:
        path = waiting.popleft()
        answer = client.get(path, HTTP_ACCEPT="text/html,*/*")
        is_page = answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")
        targets = Targets(answer.content.decode() if is_page else "")
        yield path, answer.status_code, targets
        if path.startswith("/silk"):
            # The profiler's own pages have tests of their own.
            continue
        found = {urljoin(path, link) for link in targets.links}
        found |= {urljoin(path, action) or path for _, action in targets.forms}
        if is_page is False and answer.status_code == 302:
            found.add(urljoin(path, answer.headers["Location"]))
        for target in sorted(found):
            local = urlsplit(target).netloc == "" and target.startswith("/") and not _NOT_FOLLOWED.match(target)
            if local and shape(target) not in seen:
                seen.add(shape(target))
                waiting.append(target.partition("#")[0])


@pytest.mark.parametrize("letter", [*ROLES, "S"])
def test_nothing_that_is_offered_refuses(letter: str) -> None:
    client = signed_in(person(letter))
    for model in PAGES:
        row(model)
    visited = {path: code for path, code, _ in walk(client)}
    assert {path: code for path, code in visited.items() if code not in {200, 302, 405}} == {}
    lists = {f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model, who in PAGES.items() if letter in who[0]}
    assert lists - {urlsplit(path).path for path in visited} == set()
    assert len(lists) < len(visited) < MOST_PAGES
