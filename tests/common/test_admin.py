"""Every page of the admin, for every role."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask
from unfold.admin import ModelAdmin

from airports.models import Airport, PendingChange, QueuedCreate
from airports.services.delete_airport import delete_airport
from analytics.models import DemandSettings, ImportDemand, TownAlias, TownPlace
from config.common.models import ApiToken, ChunkedRun, Lease, ReadAudit
from config.common.services.tokens import issue_token
from config.settings.navigation import NAVIGATION
from imports.models import Citizen, Correction, Import
from tests.airports.builders import make_airport
from tests.analytics.counted import make
from tests.common.helpers import one_airport, one_import

pytestmark = pytest.mark.django_db
NumQueries = Callable[[int], Any]
HistoricalAirport: Any = Airport.history.model

# For each model: who may open its list, its form for a new row, and the page of a row. S is a superuser.
PAGES = {
    User: ("MS", "MS", "MS"),
    Group: ("MS", "", "MS"),
    ApiToken: ("MS", "MS", "MS"),
    Import: ("VEIMS", "", "VEIMS"),
    Citizen: ("EIMS", "", "EMS"),
    Correction: ("EMS", "", "EMS"),
    Airport: ("VEIMS", "EMS", "VEIMS"),
    HistoricalAirport: ("VEIMS", "", "VEIMS"),
    PendingChange: ("EMS", "", "EMS"),
    QueuedCreate: ("MS", "", "MS"),
    TownPlace: ("VEIMS", "", "VEIMS"),
    TownAlias: ("EMS", "EMS", "EMS"),
    ImportDemand: ("VEIMS", "", "VEIMS"),
    # There is one row: adding is changing it.
    DemandSettings: ("MS", "MS", "MS"),
    ChunkedRun: ("MS", "", "MS"),
    Lease: ("MS", "", "MS"),
    ReadAudit: ("MS", "", "MS"),
    PeriodicTask: ("MS", "MS", "MS"),
    IntervalSchedule: ("MS", "MS", "MS"),
    CrontabSchedule: ("MS", "MS", "MS"),
    ClockedSchedule: ("S", "S", "S"),
}
# Nothing of the product happens once at a moment: the form of a schedule leads there, no menu does.
IN_NO_MENU = {ClockedSchedule}
# How many queries a list makes, at one row and at three: the session, the user, the role's permissions (none for a
# superuser), counts and the page; the filters of airports ask once for their values.
QUERIES = {
    User: 7,
    Group: 5,
    ApiToken: 5,
    Import: 4,
    # Without an import chosen it offers some: `tests/imports/admin/test_residents.py` counts the list of one.
    Citizen: 3,
    # Whom it shows is written down.
    Correction: 5,
    Airport: 5,
    HistoricalAirport: 4,
    PendingChange: 4,
    QueuedCreate: 4,
    TownPlace: 4,
    TownAlias: 4,
    ImportDemand: 5,
    DemandSettings: 4,
    ChunkedRun: 4,
    Lease: 4,
    ReadAudit: 4,
    PeriodicTask: 6,
    IntervalSchedule: 5,
    CrontabSchedule: 5,
    ClockedSchedule: 5,
}
ROLES = {"V": "Viewers", "E": "Editors", "I": "Importers", "M": "Managers"}


NOW = datetime(2026, 11, 21, tzinfo=UTC)


def periodic_task(number: int) -> PeriodicTask:
    """A schedule of its own interval."""
    interval = IntervalSchedule.objects.create(every=1000 + number, period="days")
    return PeriodicTask.objects.create(name=f"task{number}", task="common.sweep", interval=interval)


def counted(number: int) -> ImportDemand:
    """What was counted of an import of a source of its own."""
    made = make(f"source{number}", {("Kyiv", 1, "tv", "male"): (10, 20, 5)})
    return ImportDemand.objects.get(pk=made.import_id)


BACKGROUND: dict[type[Any], Callable[[int], Any]] = {
    ChunkedRun: lambda number: ChunkedRun.objects.create(name=f"run{number}", task="t", position=0, end=1, size=1),
    Lease: lambda number: Lease.objects.create(name=f"lease{number}", fence=1, holder="h", expires_at=NOW),
    ReadAudit: lambda number: ReadAudit.objects.create(username=f"u{number}", via="session", what="resident"),
    PeriodicTask: periodic_task,
    IntervalSchedule: lambda number: IntervalSchedule.objects.create(every=2000 + number, period="days"),
    CrontabSchedule: lambda number: CrontabSchedule.objects.create(minute=str(number)),
    TownPlace: lambda number: TownPlace.objects.create(town=f"town{number}", method="unplaced", placed_at=NOW),
    ImportDemand: counted,
    DemandSettings: lambda number: DemandSettings.objects.update_or_create(
        pk=1, defaults={"age_bounds": [0, 18], "small_segment": 5 + number}
    )[0],
    TownAlias: lambda number: TownAlias.objects.create(town=f"town{number}", geoname_id=1),
    ClockedSchedule: lambda number: ClockedSchedule.objects.create(clocked_time=NOW + timedelta(days=number)),
}


def person(letter: str) -> User:
    """Somebody with a role, or a superuser."""
    if letter == "S":
        return User.objects.create_superuser("root")
    issue_token(username=letter, role=ROLES[letter])
    return User.objects.get(username=letter)


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client


def row(model: type[Any], number: int = 0) -> Any:
    """A new row of `model`."""
    if model is User:
        return User.objects.create_user(f"user{number}")
    if model is Group:
        return Group.objects.create(name=f"group{number}")
    if model is ApiToken:
        return issue_token(username=f"user{number}", created_by=User.objects.first())[0]
    if model is HistoricalAirport:
        delete_airport(airport_id=make_airport().pk, actor=None)
        return model.objects.latest("history_id")
    if model in {Airport, PendingChange, QueuedCreate}:
        one_airport()
        return model._default_manager.latest("pk")
    if model in BACKGROUND:
        return BACKGROUND[model](number)
    found = one_import()
    if model is Import:
        return found
    if model is Citizen:
        return Citizen.objects.get(delivery=found)
    author = User.objects.first()
    return Correction.objects.create(delivery=found, citizen_id=1, changes={}, corrected_by=author)


def url(model: type[Any], page: str) -> str:
    """The address of a page of `model`'s."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"


def test_the_table_names_every_model_and_each_has_unfolds_look() -> None:
    assert set(admin.site._registry) == set(PAGES)
    assert [type(one) for one in admin.site._registry.values() if not isinstance(one, ModelAdmin)] == []


@pytest.mark.parametrize("letter", [*ROLES, "S"])
@pytest.mark.parametrize("model", PAGES)
def test_each_page_opens_for_whom_the_table_says(model: type[Any], letter: str) -> None:
    client, key = signed_in(person(letter)), row(model).pk
    pages = ("?q=a", "add/", f"{key}/change/")
    found = [client.get(url(model, page)).status_code for page in pages]
    expected = [200 if letter in allowed else 403 for allowed in PAGES[model]]
    # Whoever may see the residents of their own imports is led away from those of others.
    assert found == ([200, 403, 302] if (model, letter) == (Citizen, "I") else expected)


@pytest.mark.parametrize("letter", [*ROLES, "S"])
def test_the_front_page_lists_what_the_role_may_open(letter: str) -> None:
    html = signed_in(person(letter)).get("/admin/").content.decode()
    shown = {model for model in PAGES if f'href="{url(model, "")}"' in html}
    assert shown == {model for model, (lists, _, _) in PAGES.items() if letter in lists} - IN_NO_MENU


def test_what_nothing_uses_is_in_no_menu_and_the_form_of_a_schedule_still_leads_to_moments() -> None:
    client = signed_in(person("S"))
    index = client.get("/admin/django_celery_beat/").content.decode()
    form = client.get(url(PeriodicTask, "add/")).content.decode()
    names = ("clockedschedule", "crontabschedule", "solar")
    assert [name in index.lower() for name in names] == [False, True, False]
    assert ["/clockedschedule/add/" in form, 'name="clocked"' in form, 'name="solar"' in form] == [True, True, False]


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
        (Import, "Deliveries", "0 deliveries"),
        # A list of one delivery's, which has to be chosen.
        (Citizen, "Residents", "Choose a delivery"),
        (Correction, "Corrections", "0 corrections"),
        (HistoricalAirport, "Airports deleted for good", "0 airports deleted for good"),
    ],
)
def test_a_line_of_the_sidebar_and_the_list_that_it_opens_have_one_name(model: type[Any], name: str, says: str) -> None:
    html = " ".join(signed_in(person("S")).get(url(model, "")).content.decode().split())
    lines = {str(item["link"]): item["title"] for group in NAVIGATION for item in group["items"]}
    assert (lines[url(model, "")], model._meta.verbose_name_plural) == (name, name.lower())
    # Above the list, and mostly in the count below it.
    assert (html.count(name) > 1, says in html) == (True, True)


def test_somebody_without_a_role_is_sent_to_sign_in() -> None:
    user = User.objects.create_user("nobody")
    answer = signed_in(user).get("/admin/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/login/?next=/admin/")


@pytest.mark.parametrize("model", [Group, Import, Correction, PendingChange, TownPlace, ImportDemand])
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
