"""A browser, and a real server with something to show."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from analytics.models import TownPlace
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.placing.place_towns import place_towns
from config.common.accounts.services.tokens import issue_token
from imports.demo.deliveries import make_demo
from imports.services.loading.load_document import load_document
from tests.e2e.chromium import CHROMIUM, QUIET
from tests.factories import people
from tests.server import Server

# Playwright keeps an event loop in this thread, which is no reason for Django to refuse its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "a long password"


@dataclass
class Watch:
    """What went wrong on a page without anybody seeing it."""

    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def on_request(self, request: Request) -> None:
        """Notes an address that is not this machine's."""
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:http://127.0.0.1:")):
            self.foreign.append(request.url)

    def on_console(self, message: ConsoleMessage) -> None:
        """Notes errors and warnings, violations of the content security policy among them."""
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.page and message.page.url}: {message.text}")


@dataclass(frozen=True, slots=True)
class World:
    """The server that pages come from, and who may sign in."""

    url: str
    username: str
    token: str


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


_NUMBERS: dict[tuple[str, str], int] = {}
_RENUMBER = (
    "UPDATE django_content_type SET id = %s WHERE id = %s",
    "UPDATE auth_permission SET content_type_id = %s WHERE content_type_id = %s",
)


@pytest.fixture
def same_content_types(transactional_db: None) -> None:
    """Emptying the database gives content types new numbers; the server, which lives longer, remembers the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in ContentType.objects.order_by("-pk"):
            if (first := _NUMBERS.setdefault(kind.natural_key(), kind.pk)) != kind.pk:
                for statement in _RENUMBER:
                    cursor.execute(statement, (first, kind.pk))
    ContentType.objects.clear_cache()


@pytest.fixture
def world(same_content_types: None, server: Server) -> World:
    """A manager, a superuser, and a small demo."""
    superuser = User.objects.create_superuser(username="root", password=PASSWORD)
    for delivery in make_demo(citizens=60, seed=1):
        load_document(body=delivery.body, source=delivery.source, actor=superuser)
    return World(server.url, "root", issue_token(username="mia", role="Managers")[1])


@pytest.fixture
def demand(world: World) -> World:
    """The world and a segment that is large enough to advertise to; counted, on the map but for one town."""
    large = people(20, town="Lima", channel="instagram", birth_date="01.01.2000")
    load_document(body=json.dumps({"citizens": large}).encode(), source="large", actor=None)
    refresh_demand()
    place_towns()
    lost = TownPlace.objects.filter(method="name").order_by("town").values_list("town", flat=True)[0]
    one = {"geoname_id": 703448, "name": "Kyiv", "country": "UA", "population": 2952301, "similarity": 0.5}
    unplaced: dict[str, Any] = {"method": "unplaced", "latitude": None, "longitude": None, "suggestions": [one]}
    TownPlace.objects.filter(pk=lost).update(**unplaced)
    return world


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, world: World) -> Iterator[OpenPage]:
    """Opens a path of the server; at the end of the test no page may have asked elsewhere or complained."""
    watch, contexts = Watch(), []

    def open_path(path: str, *, width: int = 1440, scheme: Any = "light", locale: str = "en") -> Page:
        context = browser.new_context(
            base_url=world.url, viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", watch.on_request)
        page.on("console", watch.on_console)
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert (watch.foreign, watch.complaints) == ([], [])


@pytest.fixture
def admin(open_page: OpenPage, world: World) -> OpenPage:
    """Opens a page of the admin as the superuser."""

    def open_signed_in(path: str, **options: Any) -> Page:
        page = open_page(path, **options)
        sign_in(page, world.username)
        page.wait_for_url(f"**{path}")
        return page

    return open_signed_in


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fills the form of the login page, in whatever language."""
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("#login-form button[type=submit]").click()
