"""Each role walks through the admin and meets no link, form or action that refuses it."""

import re
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from config.common.kafka.models import DeadLetter, Position
from tests.admin.models import OPERATIONS, PAGES, ROLES, person, row, signed_in

pytestmark = pytest.mark.django_db
MOST_PAGES = 600
OF_KAFKA = {DeadLetter, Position}
# They answer no page: a sign-out, and what scripts ask.
_NOT_FOLLOWED = re.compile(r"^/(static/|admin/logout/|admin/jsi18n/)")


class Targets(HTMLParser):
    """What a page offers: links, and where forms are sent that have a button. One without is only to look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: set[tuple[str, str]] = set()
        self._form: tuple[str, str] | None = None
        self.html = html
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.add(given["href"])
        if tag == "form":
            self._form = ((given.get("method") or "get").upper(), given.get("action", ""))
        is_button = given.get("type", "submit" if tag == "button" else "") == "submit" and tag in {"button", "input"}
        if is_button and self._form is not None:
            self.forms.add(("POST", given["formaction"]) if "formaction" in given else self._form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


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
        # The profiler's pages have tests of their own.
        targets = Targets(answer.content.decode() if is_page and not path.startswith("/silk") else "")
        if answer.streaming:
            # To the end, so that its file is closed.
            answer.getvalue()
        yield path, answer.status_code, targets
        found = {urljoin(path, link) for link in targets.links}
        found |= {urljoin(path, action) or path for _, action in targets.forms}
        if is_page is False and answer.status_code == 302:
            found.add(urljoin(path, answer.headers["Location"]))
        for target in sorted(found):
            local = urlsplit(target).netloc == "" and target.startswith("/") and not _NOT_FOLLOWED.match(target)
            if local and shape(target) not in seen:
                seen.add(shape(target))
                waiting.append(target.partition("#")[0])


def sent_empty(client: Client, form: str) -> int:
    """The status; what it did, for some pages need no more than a yes, is undone."""
    with transaction.atomic():
        status = client.post(form).status_code
        transaction.set_rollback(True)
    return status


# Those with the fewest and with the most pages; the others in a thorough run.
@pytest.mark.parametrize("letter", [*(pytest.param(one, marks=pytest.mark.thorough) for one in "VEM"), "I", "S"])
def test_nothing_that_is_offered_refuses(letter: str) -> None:
    client = signed_in(person(letter))
    for model in PAGES:
        row(model)
    visited, forms = {}, set()
    for path, code, targets in walk(client):
        visited[path] = code
        forms |= {urljoin(path, action) or path for method, action in targets.forms if method == "POST"}
    assert {path: code for path, code in visited.items() if code not in {200, 302, 405}} == {}
    # Nothing leads to the pages of Kafka where there is none.
    lists = {
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model, who in PAGES.items()
        if letter in who[0] and model not in OF_KAFKA
    }
    assert lists - {urlsplit(path).path for path in visited} == set()
    assert len(lists) < len(visited) < MOST_PAGES
    # Sent empty, most forms do nothing (the page of demand: 415); refused it would be before that.
    sent = {form: sent_empty(client, form) for form in sorted(forms) if not _NOT_FOLLOWED.match(form)}
    assert {form: code for form, code in sent.items() if code not in {200, 302, 400, 415}} == {}


@pytest.mark.parametrize("servers", ["", "127.0.0.1:9"])
@pytest.mark.parametrize("letter", [*ROLES, "S"])
def test_the_sidebar_has_the_lists_that_the_role_may_open(letter: str, servers: str, settings: Any) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = servers
    html = signed_in(person(letter)).get("/admin/").content.decode()
    menu = html[html.index('id="nav-sidebar-apps"') : html.index('id="main"')]
    shown = {model for model in PAGES if f'href="/admin/{model._meta.app_label}/{model._meta.model_name}/"' in menu}
    unneeded = (set() if letter == "S" else OPERATIONS) | (set() if servers else OF_KAFKA)
    assert shown == {model for model, (lists, *_) in PAGES.items() if letter in lists} - unneeded
    assert ('href="/silk"' in menu, "/analytics/" in menu) == (letter == "S", True)
