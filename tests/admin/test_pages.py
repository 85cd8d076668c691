"""The pages of the admin open for whom the tables say, each once; nothing is done without the CSRF token."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from airports.models import PendingChange
from analytics.models import ImportDemand, TownPlace
from config.common.changes.models import RecordedChange
from config.settings.navigation import NAVIGATION
from imports.models import Citizen, Import
from tests.admin.models import PAGES, QUERIES, ROLES, HistoricalAirport, person, row, signed_in, url
from tests.admin.routes import BEFORE_SIGN_IN, OTHER_PAGES, address, routes, routes_of_models
from tests.airports.builders import make_airport
from tests.common.helpers import one_import
from tests.security.test_sessions import browser, stored

pytestmark = pytest.mark.django_db
NumQueries = Callable[[int], Any]
LETTERS = "-VEIMS"
# The catch-all's: without its slash it is nowhere to send anything to.
NO_PAGE = "/admin/bogus"
# A page that takes no POST says so before it looks for the token.
REFUSED = {403, 405}


@pytest.fixture
def where() -> dict[str, Any]:
    """What the placeholders of the table stand for."""
    airport = make_airport("Seen").pk
    version = HistoricalAirport.objects.get(id=airport).pk
    return {"airport": airport, "version": version, "id": one_import().pk, "user": User.objects.create_user("x").pk}


def test_no_page_of_the_admin_is_missing_from_the_table() -> None:
    numbers = dict.fromkeys(("airport", "version", "id", "user"), 1)
    known = {resolve(page.path.partition("?")[0].format_map(numbers)).route for page in OTHER_PAGES}
    assert set(routes()) - known - routes_of_models(PAGES) == set()


@pytest.mark.parametrize("letter", LETTERS)
def test_each_page_opens_for_whom_the_table_says(letter: str, where: dict[str, Any]) -> None:
    client = Client() if letter == "-" else signed_in(person(letter))
    found = {page: client.get(page.path.format_map(where)).status_code for page in OTHER_PAGES}
    assert {page.path: code for page, code in found.items() if (code == 200) != (letter in page.open_to)} == {}
    assert set(found.values()) <= {200, 302, 403, 404, 405}


@pytest.mark.parametrize("letter", [*ROLES, "S"])
def test_the_pages_of_each_model_open_for_whom_the_table_says(letter: str) -> None:
    client, found, expected = signed_in(person(letter)), {}, {}
    for model, allowed in PAGES.items():
        key = row(model, 3).pk
        pages = ("?q=a", "add/", f"{key}/change/", f"{key}/delete/")
        found[model] = [client.get(url(model, page)).status_code for page in pages]
        expected[model] = [200 if letter in letters else 403 for letters in allowed]
        # The airports that are deleted for good have no history of their own.
        seen = client.get(url(model, f"{key}/history/")).status_code
        assert seen != 200 or letter in allowed[2], model
    if letter == "I":
        # Whoever may see the residents of their own imports is led away from those of others.
        expected[Citizen][2] = 302
    assert found == expected


def test_the_table_names_every_model_and_each_has_unfolds_look() -> None:
    assert set(admin.site._registry) == set(PAGES)
    assert [type(one) for one in admin.site._registry.values() if not isinstance(one, ModelAdmin)] == []


def test_the_sidebar_is_short_and_operations_are_one_folded_entry_for_superusers() -> None:
    groups = {letter: sidebar(letter) for letter in ("V", "M", "S")}
    lines = {
        letter: sum(1 if is_folded else len(titles) for titles, is_folded in found.values())
        for letter, found in groups.items()
    }
    assert lines == {"V": 11, "M": 20, "S": 21}
    folded = {letter: [title for title, (_, is_folded) in groups[letter].items() if is_folded] for letter in groups}
    assert folded == {"V": [], "M": ["Records"], "S": ["Records", "Operations"]}


def sidebar(letter: str) -> dict[str, tuple[list[str], bool]]:
    """The groups that somebody sees, the titles in each, and whether it is folded."""
    request = RequestFactory().get("/admin/")
    request.user = person(letter)
    found: dict[str, tuple[list[str], bool]] = {}
    for group in admin.site.each_context(request)["sidebar_navigation"]:
        if titles := [str(item["title"]) for item in group["items"] if item["has_permission"]]:
            found[group["title"]] = titles, group["collapsible"]
    return found


@pytest.mark.parametrize("model", PAGES)
def test_a_list_makes_as_many_queries_for_three_rows_as_for_one(
    model: type[Any], django_assert_num_queries: NumQueries
) -> None:
    client = signed_in(person("S"))
    row(model)
    with django_assert_num_queries(QUERIES[model]):
        client.get(url(model, ""))
    for number in (1, 2):
        row(model, number)
    with django_assert_num_queries(QUERIES[model]):
        client.get(url(model, ""))


def test_the_page_of_a_role_asks_once_for_all_its_permissions(django_assert_num_queries: NumQueries) -> None:
    client = signed_in(person("S"))
    roles = [url(Group, f"{role.pk}/change/") for role in Group.objects.order_by("name")]
    # The first page that is opened remembers the types of content.
    client.get(roles[0])
    for role in roles:
        with django_assert_num_queries(4):
            client.get(role)


@pytest.mark.parametrize(
    ("model", "name", "says"),
    [
        (Import, "Deliveries", "0 rows"),
        # A list of one delivery's, which has to be chosen.
        (Citizen, "Residents", "Choose a delivery"),
        (HistoricalAirport, "Airports deleted for good", "0 rows"),
    ],
)
def test_a_line_of_the_sidebar_and_the_list_that_it_opens_have_one_name(model: type[Any], name: str, says: str) -> None:
    html = " ".join(signed_in(person("S")).get(url(model, "")).content.decode().split())
    lines = {str(item["link"]): item["title"] for group in NAVIGATION for item in group["items"]}
    assert (lines[url(model, "")], model._meta.verbose_name_plural) == (name, name.lower())
    # Above the list, and in the menu.
    assert (html.count(name) > 1, says in html) == (True, True)


def test_each_list_of_the_sidebar_is_called_what_its_model_is() -> None:
    lines = {str(item["link"]): item["title"] for group in NAVIGATION for item in group["items"]}
    lists = {url(model, ""): capfirst(model._meta.verbose_name_plural) for model in admin.site._registry}
    linked = lines.keys() & lists.keys()
    assert len(linked) == len(lines) - len(["the demand", "the profiler"])
    assert {link: lines[link] for link in linked} == {link: lists[link] for link in linked}


def test_somebody_without_a_role_is_sent_to_sign_in() -> None:
    user = User.objects.create_user("nobody")
    answer = signed_in(user).get("/admin/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/login/?next=/admin/")


@pytest.mark.parametrize("model", [Group, Import, RecordedChange, PendingChange, TownPlace, ImportDemand])
def test_what_is_to_look_at_cannot_be_changed_by_a_form_of_ones_own(model: type[Any]) -> None:
    client, key = signed_in(person("S")), row(model).pk
    form = {"name": "new", "source": "new", "action": "delete_selected", "_selected_action": key, "post": "yes"}
    codes = [client.post(url(model, page), form).status_code for page in ("add/", f"{key}/change/", f"{key}/delete/")]
    client.post(url(model, ""), form)
    assert (codes, model.objects.filter(pk=key).exists()) == ([403] * 3, True)


def test_a_deleted_import_and_its_citizens_are_gone_from_the_lists() -> None:
    client, found = signed_in(person("S")), one_import()
    Import.objects.update(deleted_at="2026-01-01T00:00Z")
    key = Citizen.objects.get(delivery=found).pk
    codes = [client.get(url(model, f"{pk}/change/")).status_code for model, pk in ((Import, found.pk), (Citizen, key))]
    # The admin leads away from a row that is not there.
    assert codes == [302, 302]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_without_a_sign_in_every_page_leads_to_it(method: str) -> None:
    client: Any = Client()
    paths = {address(route) for route in routes()} - BEFORE_SIGN_IN - {"/admin/logout/", NO_PAGE}
    found = {path: client.generic(method, path) for path in sorted(paths)}
    wrong = {
        path: answer.status_code
        for path, answer in found.items()
        if answer.headers.get("Location") != f"/admin/login/?next={quote(path)}"
    }
    assert {path: code for path, code in wrong.items() if code not in {403, 405}} == {}
    assert (len(paths) > 100, 2 * len(wrong) < len(paths) or method != "POST") == (True, True)


def test_a_session_alone_posts_to_no_page(superuser: User) -> None:
    one_import()
    make_airport("Kept")
    client = browser(superuser)
    before = [stored(), list(User.objects.values()), Import.objects.count()]
    headers: list[dict[str, Any]] = [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_X_CSRFTOKEN": "x" * 32}]
    codes = {
        (path, client.post(path, {"post": "yes"}, format="multipart", **extra).status_code)
        for path in {address(route) for route in routes()} - {NO_PAGE}
        for extra in headers
    }
    assert {(path, code) for path, code in codes if code not in REFUSED} == set()
    assert [stored(), list(User.objects.values()), Import.objects.count()] == before


def test_every_page_of_the_profiler_is_for_superusers_alone(superuser: User) -> None:
    people = {letter: signed_in(person(letter)) for letter in ROLES}
    paths = sorted(address(route) for route in routes("silk"))
    assert len(paths) > 15
    for path in paths:
        assert Client().get(path).headers["Location"] == f"/admin/login/?next={path}"
        assert {letter: one.get(path).status_code for letter, one in people.items()} == dict.fromkeys(people, 403)
        assert browser(superuser).get(path).status_code in {200, 400, 404}
