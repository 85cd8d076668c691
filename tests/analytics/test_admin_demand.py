"""What was counted of each delivery, and the settings of the counting, in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analytics.models import DemandSettings, ImportDemand
from analytics.services.counting import change_settings as service
from analytics.services.counting.change_settings import change_settings
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import counting
from analytics.services.counting.stale import stale_imports
from config.common.accounts.services.tokens import issue_token
from config.common.problems import InvalidInput
from imports.models import Import
from tests.common.helpers import one_import

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/analytics/demandsettings/"
ALERTS = {"alert_residents": "150", "alert_percent": "30"}
LIST = "/admin/analytics/importdemand/"


def browser_of(role: str) -> Client:
    """Somebody of a role has signed in."""
    issue_token(username=role, role=role)
    client = Client()
    client.force_login(User.objects.get(username=role))
    return client


def listed(client: Client, query: str = "") -> list[int]:
    """The imports of the list."""
    return [row.pk for row in client.get(f"{LIST}{query}").context["cl"].result_list]


def test_new_settings_are_stored_once_and_everything_is_counted_again(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(service, "request_refresh", lambda *, actor: asked.append(actor.username))
    client = browser_of("Managers")
    delivery = one_import()
    refresh_demand()
    assert "0, 18, 25, 35, 45, 55, 65" in client.get(f"{SETTINGS}add/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{SETTINGS}add/", {"age_bounds": "0, 30,60", "small_segment": "7", **ALERTS})
    assert (counting().scheme, asked) == ("0,30,60;7", ["Managers"])
    assert [one.import_id for one in stale_imports()] == [delivery.pk]
    for page, small in (("1/change/", "6"), ("add/", "7")):
        client.post(f"{SETTINGS}{page}", {"age_bounds": "0, 50", "small_segment": small, **ALERTS})
    assert (DemandSettings.objects.count(), counting().scheme) == (1, "0,50;7")
    assert DemandSettings.objects.values(*ALERTS).get() == {"alert_residents": 150, "alert_percent": 30}
    refresh_demand()
    assert (stale_imports(), ImportDemand.objects.get().scheme) == ([], "0,50;7")


@pytest.mark.parametrize(
    "bounds",
    ["", "18, 25", "0, 25, 18", "0, 18, 18", "0, x", "0,,18", "0, -1", "0, 1.5", "0, 121", "0, ٣", "0, " + "9" * 30,
     ", ".join(map(str, range(21))), "a\0b"],
)  # fmt: skip
def test_what_makes_no_age_groups_is_refused_on_the_form(bounds: str) -> None:
    answer = browser_of("Managers").post(f"{SETTINGS}add/", {"age_bounds": bounds, "small_segment": "5", **ALERTS})
    assert answer.context["adminform"].form.errors.keys() == {"age_bounds"}
    assert DemandSettings.objects.count() == 0


@pytest.mark.parametrize("small", ["0", "-1", "", "x", str(10**30)])
def test_a_size_that_is_none_is_refused_on_the_form(small: str) -> None:
    answer = browser_of("Managers").post(f"{SETTINGS}add/", {"age_bounds": "0, 18", "small_segment": small, **ALERTS})
    assert answer.context["adminform"].form.errors.keys() == {"small_segment"}
    assert DemandSettings.objects.count() == 0


@pytest.mark.parametrize(
    ("bounds", "small", "pointer"),
    [([], 5, "/age_bounds"), ([1], 5, "/age_bounds"), ([0, 10**30], 5, "/age_bounds"), ([0, 200], 5, "/age_bounds"),
     ([0], 0, "/small_segment"), ([0], 10**30, "/small_segment")],
)  # fmt: skip
def test_the_service_names_what_is_wrong(bounds: list[int], small: int, pointer: str, superuser: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change_settings(age_bounds=bounds, small_segment=small, alert_residents=1, alert_percent=0, actor=superuser)
    assert {error.pointer for error in refusal.value.errors} == {pointer}
    assert DemandSettings.objects.count() == 0


def test_the_list_agrees_with_what_is_found_stale() -> None:
    client = browser_of("Managers")
    fresh, corrected, erased = (one_import(source=source).pk for source in ("fresh", "corrected", "erased"))
    old = one_import(source="corrected again").pk
    one_import(source="corrected again")
    refresh_demand()
    Import.objects.filter(pk__in=[corrected, old]).update(revision=99)
    Import.objects.filter(pk=erased).update(status="erased")
    stale = {one.import_id for one in stale_imports()}
    assert stale == {corrected, old, erased}
    assert set(listed(client, "?fresh=no")) == stale
    assert (fresh in listed(client, "?fresh=yes"), len(listed(client))) == (True, 5)
    DemandSettings.objects.create(pk=1, age_bounds=[0], small_segment=5)
    # An erased one stays as it was counted last.
    assert set(listed(client, "?fresh=no")) == {one.import_id for one in stale_imports()}


def test_figures_of_a_delivery_are_for_those_who_may_see_residents() -> None:
    delivery = one_import()
    refresh_demand()
    for role, told in (("Viewers", False), ("Importers", False), ("Editors", True)):
        client = browser_of(role)
        pages = [client.get(page).content.decode() for page in (LIST, f"{LIST}{delivery.pk}/change/")]
        assert [("buyers" in page.lower(), "courses" in page.lower()) for page in pages] == [(told, told)] * 2


def test_the_settings_open_with_the_values_of_today_and_are_changed_there() -> None:
    client = browser_of("Managers")
    page = client.get(SETTINGS).content.decode()
    assert ['value="0, 18, 25, 35, 45, 55, 65"' in page, 'value="5"' in page] == [True, True]
    assert "No results found" not in page
    answer = client.post(SETTINGS, {"age_bounds": "0, 40", "small_segment": "6", **ALERTS}, follow=True)
    assert (counting().scheme, 'value="0, 40"' in answer.content.decode()) == ("0,40;6", True)
