"""The front page of the admin: which tiles a role sees, what they say, and each by itself."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from airports.models import PendingChange
from airports.services.flag_many import flag_airports
from airports.services.request_change import request_change
from analytics.dashboard import work
from analytics.dashboard.tiles import KINDS
from analytics.models import TownPlace
from analytics.services.asking import read_estimates
from config.common.accounts.services.tokens import issue_token
from config.common.saved_views.services.change_views import pin_view, save_view
from imports.models import Correction, Import
from tests.airports.builders import make_airport
from tests.analytics.counted import make
from tests.common.helpers import one_import

pytestmark = pytest.mark.django_db
# Whatever ran before: the lists whose views are pinned are known once the modules of the admin are.
admin.autodiscover()
NumQueries = Callable[[int], Any]
ROLES = {"V": "Viewers", "E": "Editors", "I": "Importers", "M": "Managers"}
# Who sees which tile, in the order of the page. S is a superuser.
TILES = {
    "demand": "VEIMS",
    "views": "VEIMS",
    "deliveries": "VEIMS",
    "unplaced": "VEIMS",
    "work": "MS",
    "changes": "VEIMS",
    "links": "EMS",
}
# The session, the user, and what the tiles ask; Viewers and the others with the permissions of their role.
QUERIES = 25
HTMX = {"HTTP_HX_REQUEST": "true"}


def browser_of(letter: str) -> Client:
    """Somebody of a role has signed in."""
    if letter == "S":
        user = User.objects.create_superuser("root")
    else:
        issue_token(username=letter, role=ROLES[letter])
        user = User.objects.get(username=letter)
    client = Client()
    client.force_login(user)
    return client


def contents(client: Client) -> dict[str, Any]:
    """What is on each tile of the page, by its key."""
    return {tile.key: tile.content for tile in client.get("/admin/").context["tiles"]}


def populate(number: int) -> None:
    """One more of everything that a tile lists."""
    town = f"town {number}"
    make(f"source{number}", {(town, 1, "tv", "male"): (10, 20, 5), (town, 2, "radio", "male"): (10, 5, 5)})
    TownPlace.objects.create(town=town, method="unplaced", placed_at=timezone.now())
    for status in ("failed", "loading", "checked"):
        Import.objects.create(source=f"source{number}", status=status, citizen_count=10, processed=5)
    delivery = Import.objects.filter(status="complete").latest("pk")
    Correction.objects.create(delivery=delivery, citizen_id=1, changes={}, corrected_by=User.objects.first())
    airport = make_airport(name=town, iata=None, icao=None)
    request_change(airport_id=airport.pk, values={"city": "Manises"}, actor=User.objects.first())


def test_the_table_names_every_tile() -> None:
    assert list(TILES) == list(KINDS)


@pytest.mark.parametrize("letter", "VEIMS")
def test_a_role_sees_its_tiles_and_no_other_by_any_way(letter: str) -> None:
    client = browser_of(letter)
    # The admin's pages are known from the first request on.
    client.get("/admin/")
    save_view(page="admin:imports_import_changelist", name="a", query="", is_pinned=True, actor=User.objects.get())
    allowed = [key for key, letters in TILES.items() if letter in letters]
    alone = {key: client.get(f"/admin/dashboard/{key}/", **HTMX).status_code for key in TILES}  # type: ignore[arg-type]
    assert list(contents(client)) == allowed
    assert alone == {key: 200 if key in allowed else 403 for key in TILES}


def test_the_page_makes_as_many_queries_for_three_of_everything_as_for_one(
    django_assert_num_queries: NumQueries,
) -> None:
    client = browser_of("S")
    populate(0)
    client.get("/admin/")
    # What nobody has asked since it was counted.
    read_estimates.REMEMBERED.clear()
    with django_assert_num_queries(QUERIES):
        client.get("/admin/")
    for number in (1, 2):
        populate(number)
    with django_assert_num_queries(QUERIES):
        client.get("/admin/")


def test_pinned_views_say_how_many_rows_they_have_to_each_who_pinned_them() -> None:
    for status in ("failed", "failed", "complete"):
        Import.objects.create(source="Kyiv", status=status)
    editor, viewer = browser_of("E"), browser_of("V")
    actors = {name: User.objects.get(username=name) for name in "EV"}
    assert ["views" in contents(client) for client in (editor, viewer)] == [False, False]
    asked = {"page": "admin:imports_import_changelist", "name": "Failed", "query": "status__exact=failed"}
    view = save_view(**asked, is_shared=True, is_pinned=True, actor=actors["E"])
    pin_view(view_id=view.pk, is_pinned=True, actor=actors["V"])
    for client in (editor, viewer):
        (waiting,) = contents(client)["views"]["views"]
        (found,) = client.get("/admin/dashboard/views/", **HTMX).context["tile"].content["views"]  # type: ignore[arg-type]
        assert (waiting.name, waiting.count) == ("Failed", None)
        assert (found.name, found.count, found.is_more) == ("Failed", 2, False)
        assert client.get(found.href).context["cl"].result_count == 2


def test_without_any_data_the_page_says_so_instead_of_failing() -> None:
    html = browser_of("S").get("/admin/").content.decode()
    told = (
        "Nothing was counted yet",
        "Every town is on the map",
        "No delivery was received",
        "No link waits for anybody",
    )
    assert [text for text in told if text not in html] == []


def test_who_may_not_see_residents_learns_nothing_of_a_small_segment() -> None:
    make("default", {("Tiny", 1, "secret", "male"): (2, 7, 1), ("Large", 1, "tv", "male"): (50, 60, 9),
                     ("Larger", 1, "radio", "female"): (60, 70, 9)})  # fmt: skip
    TownPlace.objects.create(town="Tiny", method="unplaced", placed_at=timezone.now())
    pages = ("/admin/", "/admin/analytics/townplace/unplaced/", "/admin/analytics/importdemand/channels/")
    for letter, told in (("V", False), ("I", False), ("E", True)):
        client = browser_of(letter)
        text = "".join(client.get(page).content.decode() for page in pages)
        assert ("Tiny" in text, "secret" in text) == (told, told)


def test_the_headline_is_that_of_the_services() -> None:
    make("default", {("Kyiv", 1, "tv", "male"): (40, 200, 30), ("Lviv", 1, "tv", "male"): (60, 50, 9)})
    tiles = contents(browser_of("S"))
    figures = [(figure.label, figure.value) for figure in tiles["demand"]["headline"].figures]
    assert figures == [("Residents", "100"), ("Courses", "250"), ("Buyers", "39"), ("Courses per 100", "250.0")]


def test_deliveries_say_how_far_they_are_and_which_failed() -> None:
    for status in ("queued", "failed", "checked", "complete"):
        Import.objects.create(source="a", status=status)
    Import.objects.create(source="b", status="loading", citizen_count=200, processed=50)
    tile = contents(browser_of("S"))["deliveries"]
    assert [(line.figure, line.percent) for line in tile["lines"]] == [
        ("loading", 25), ("checked", None), ("queued", None), ("failed", None),
    ]  # fmt: skip
    assert (len(tile["tracker"]), tile["is_live"]) == (5, True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", {1: "complete", 2: "complete", 5: "complete"}),
        ("es", {1: "completa", 2: "completas", 5: "completas"}),
        ("ru", {1: "завершена", 2: "завершены", 5: "завершено"}),
    ],
)
def test_the_word_of_a_state_agrees_with_how_many_deliveries_are_in_it(language: str, words: dict[int, str]) -> None:
    with override(language):
        found = {number: work._in_state("complete", number) for number in words}
        texts = {work._in_state(state, 2) for state in Import.Status.values}
    assert found == words
    assert len(texts) == len(Import.Status)


def test_changes_count_from_yesterday_and_their_lists_show_as_many() -> None:
    client = browser_of("S")
    old = Import.objects.create(source="old", created_at=timezone.now() - timedelta(days=3))
    Correction.objects.create(delivery=old, citizen_id=1, changes={})
    one_import()
    make_airport()
    lines = {line.name: line for line in contents(client)["changes"]["lines"]}
    assert {name: line.figure for name, line in lines.items()} == {
        "Corrections of residents": "1", "Deliveries received": "1", "Airports changed": "1",
    }  # fmt: skip
    corrections, *lists = (client.get(line.href).context for line in lines.values())
    assert [len(corrections["entries"]), *(one["cl"].result_count for one in lists)] == [1, 1, 1]


@pytest.mark.parametrize(("letter", "count"), [("V", "1"), ("E", "1"), ("M", "2")])
def test_flagged_airports_are_counted_for_whom_their_list_shows_them(letter: str, count: str) -> None:
    make_airport()
    flag_airports(airport_ids=[make_airport("Flagged").pk], actor=User.objects.create_user("flagger"))
    client = browser_of(letter)
    line = next(line for line in contents(client)["changes"]["lines"] if line.name == "Airports changed")
    assert (line.figure, str(client.get(line.href).context["cl"].result_count)) == (count, count)


def test_yesterday_begins_at_midnight_utc(superuser: User) -> None:
    changes = work.changes(superuser, now=datetime(2026, 3, 1, 0, 30, tzinfo=UTC))
    assert changes["since"] == datetime(2026, 2, 28, tzinfo=UTC)


def test_links_are_those_that_somebody_can_still_confirm() -> None:
    client, airport = browser_of("S"), make_airport()
    for days, applied in ((1, False), (-1, False), (2, True)):
        request_change(airport_id=airport.pk, values={"city": "Manises"}, actor=None)
        link = PendingChange.objects.latest("pk")
        link.expires_at = timezone.now() + timedelta(days=days)
        link.applied_at = timezone.now() if applied else None
        link.save()
    tile = client.get("/admin/").context["tiles"][-1]
    assert (tile.content["count"], len(tile.content["lines"])) == (1, 1)
    assert client.get(tile.href).context["cl"].result_count == 1


def test_a_frozen_redis_is_given_up_at_the_first_question(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(work, "workers_by_queue", lambda: asked.append("workers"))
    monkeypatch.setattr(work, "queues", lambda: asked.append("queues"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        lines = {line.name: line for line in contents(browser_of("S"))["work"]["lines"]}
    assert (lines["Redis"].figure, asked) == ("away", [])


def test_without_redis_the_page_says_that_it_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise RedisAway("away")

    monkeypatch.setattr(Redis, "execute_command", away)
    lines = {line.name: line for line in contents(browser_of("S"))["work"]["lines"]}
    assert list(lines) == ["Schedules", "Redis", "Database"]
    assert (lines["Redis"].figure, lines["Redis"].label) == ("away", "danger")


def test_a_queue_that_nobody_takes_from_is_marked() -> None:
    lines = {line.name: line for line in contents(browser_of("S"))["work"]["lines"]}
    assert (lines["Queue urgent"].figure, lines["Queue urgent"].label) == ("0 waiting", "danger")


def test_only_what_has_a_list_behind_it_is_a_link() -> None:
    client = browser_of("M")
    links = {line.name: line.href for line in contents(client)["work"]["lines"] if line.href}
    assert links == {"Schedules": "/admin/background/schedule/"}
    html = client.get("/admin/").content.decode()
    assert ("<span>Queue urgent" in html, 'href=""' in html, "/health/ready" in html) == (True, False, False)


def test_a_tile_by_itself_is_only_for_the_page_that_holds_it() -> None:
    client = browser_of("V")
    plain = client.get("/admin/dashboard/demand/")
    assert (plain.status_code, plain.headers["Location"]) == (302, "/admin/#demand")
    answer = client.get("/admin/dashboard/demand/", **HTMX)  # type: ignore[arg-type]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.decode().strip().startswith("<section")
    assert client.get("/admin/dashboard/nothing/", **HTMX).status_code == 404  # type: ignore[arg-type]


def test_who_is_signed_out_meanwhile_is_led_to_the_sign_in_and_not_shown_it_inside_a_tile() -> None:
    answer = Client().get("/admin/dashboard/demand/", **HTMX)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/admin/#demand")
    assert answer.content == b""


def test_options_of_a_tile_says_that_it_is_read() -> None:
    answer = Client().options("/admin/dashboard/demand/")
    assert (answer.status_code, answer.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")
    assert Client().post("/admin/dashboard/demand/").status_code == 405
