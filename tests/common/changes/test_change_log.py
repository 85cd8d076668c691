"""The change log: what stands in it for whom, what finds it, and that nothing is in it that should not be."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils.translation import override

from airports.services.update_airport import update_airport
from analytics.services.counting.change_settings import change_settings
from analytics.services.placing.town_aliases import remove_alias, set_alias
from config.common.accounts.services.tokens import issue_token, revoke_tokens
from config.common.accounts.services.users import deactivate_users
from config.common.background.models import Schedule
from config.common.background.services.schedules import set_enabled
from config.common.changes.models import RecordedChange
from imports.models import Channel, Correction, Import, Rename, Source
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.loading.steer_delivery import approve_delivery
from imports.services.naming.change_named import change_named, create_named, delete_named
from imports.services.residents.rename_value import ask_rename
from tests.airports.builders import make_airport
from tests.common.changes.world import URL, corrected, log, residents
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load

pytestmark = pytest.mark.django_db
VALENCIA = 2509954


def told(user: User, **asked: Any) -> list[tuple[str, str, list[tuple[str, Any, Any]]]]:
    """Kind, what was done, and from → to of each line."""
    return [(entry.kind, entry.action, list(entry.changes)) for entry in log(user, **asked)]


@pytest.fixture
def manager() -> User:
    return somebody("Managers", "Marta")


def test_what_was_done_to_residents_stands_in_one_list_with_who_did_it_and_a_way_back(manager: User) -> None:
    import_id = load(residents(2), actor=manager, source="office")
    corrected(import_id, actor=manager, town="Lviv")
    ask_rename(import_id=import_id, field="town", before="Kiev", after="Kyiv", actor=manager)
    found = log(manager, kinds=frozenset())[:3]
    assert [(one.by, one.kind, one.changes) for one in found] == [
        ("Marta", "Renaming", [("Town", "Kiev", "Kyiv")]),
        ("Marta", "Resident", [("Town", "Kiev", "Lviv")]),
        ("Marta", "Delivery", ()),
    ]
    rename, correction = Rename.objects.get(), Correction.objects.get(of_rename=None)
    assert [one.undo for one in found] == [
        f"/admin/imports/import/undo-rename/{rename.pk}/",
        f"/admin/imports/citizen/undo/{correction.pk}/",
        "",
    ]
    # Of one resident what a renaming did to them is shown too.
    assert [one.action for one in log(manager, words=f"{import_id}/2")] == ["renamed with others"]
    assert [one.action for one in log(manager, words=f"{import_id}")] == ["renamed", "corrected", "delivered"]


def test_names_are_written_down_with_from_and_to(manager: User) -> None:
    made = create_named(Source, values={"name": "Office"}, actor=manager)
    values = {"contact": "Eva", "aliases": ["consulate"]}
    change_named(Source, pk=made.pk, values=values, actor=manager)
    change_named(Source, pk=made.pk, values=values, actor=manager)
    channel = create_named(Channel, values={"name": "tv"}, actor=None)
    delete_named(Channel, pk=channel.pk, actor=manager)
    found = log(manager)[:4]
    assert [(one.by, one.kind, one.subject, one.action) for one in found] == [
        ("Marta", "Channel", "tv", "deleted"),
        ("", "Channel", "tv", "created"),
        ("Marta", "Source", "Office", "changed"),
        ("Marta", "Source", "Office", "created"),
    ]
    assert sorted(found[2].changes) == [("Contact", "", "Eva"), ("Other names", "", "consulate")]
    # What is gone has no page.
    assert [bool(one.link) for one in found] == [False, False, True, True]


def test_towns_settings_and_schedules_are_written_down(manager: User) -> None:
    set_alias(town="Valencia", geoname_id=VALENCIA, actor=manager)
    remove_alias(town="valencia", actor=manager)
    change_settings(age_bounds=[0, 18], small_segment=5, alert_residents=100, alert_percent=20, actor=manager)
    change_settings(age_bounds=[0, 20], small_segment=5, alert_residents=100, alert_percent=20, actor=manager)
    mine = Schedule.objects.filter(task="analytics.refresh")
    set_enabled(schedules=mine, enabled=False, actor=manager)
    assert [(kind, action, changes) for kind, action, changes in told(manager)[:5] if action != "created"] == [
        ("Schedule", "changed", [("Enabled", True, False)]),
        ("Demand settings", "changed", [("Age groups", "0, 18", "0, 20")]),
        ("Town alias", "deleted", [("City", f"Valencia, ES ({VALENCIA})", None)]),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", {"Other names", "Who may load", "Town", "Birth date", "City", "Age groups", "Active", "Label", "User"}),
        (
            "es",
            {"Otros nombres", "Quién puede cargar", "Localidad", "Fecha de nacimiento", "Ciudad", "Grupos de edad"}
            | {"Activo", "Etiqueta", "Usuario"},
        ),
        (
            "ru",
            {"Другие названия", "Кто может загружать", "Населённый пункт", "Дата рождения", "Город"}
            | {"Возрастные группы", "Активный", "Метка", "Пользователь"},
        ),
    ],
)
def test_a_field_is_called_as_pages_call_it_in_the_readers_language_and_found_so(
    manager: User, language: str, words: set[str]
) -> None:
    import_id = load(residents())
    corrected(import_id, town="Lviv", birth_date="01.02.1990")
    somebody("Importers")
    create_named(Source, values={"name": "Office", "aliases": ["post"], "uploaders": ["Importers"]}, actor=manager)
    change_settings(age_bounds=[0, 18], small_segment=5, alert_residents=100, alert_percent=20, actor=manager)
    update_airport(airport_id=make_airport("Manises").pk, values={"city": "Quart"}, actor=manager)
    deactivate_users(users=User.objects.filter(pk=User.objects.create_user("gone").pk), actor=manager)
    issue_token(username="program", created_by=manager, label="CI")
    with override(language):
        called = {name for entry in log(manager) for name, *_values in entry.changes}
        found = {word: log(manager, field=word) for word in words}
    assert words - called == set()
    assert [word for word, entries in found.items() if not entries] == []
    assert [
        word
        for word, entries in found.items()
        for entry in entries
        if word.lower() not in {name.lower() for name, *_values in entry.changes}
    ] == []


def test_an_airport_is_undone_by_going_back_to_the_version_before(manager: User) -> None:
    airport = make_airport("Manises")
    for city in ("Quart", "Valencia"):
        update_airport(airport_id=airport.pk, values={"city": city}, actor=manager)
    last, first, made = log(manager, kinds=frozenset({"airports.airport"}))
    assert [list(one.changes) for one in (last, first)] == [[("City", "Quart", "Valencia")], [("City", "–", "Quart")]]
    assert (made.action, made.undo) == ("created", "")
    page = browser(manager).get(last.undo)
    assert ("Revert to this version" in text(page), page.context["entry"].city) == (True, "Quart")
    assert [one.undo for one in log(somebody("Viewers"), kinds=frozenset({"airports.airport"}))] == ["", "", ""]


def test_what_is_decided_about_a_delivery_stays_when_it_is_deleted(manager: User) -> None:
    import_id = load(residents(), source="office")
    Import.objects.filter(pk=import_id).update(status="checked", body_size=1)
    approve_delivery(import_id=import_id, actor=manager)
    erase_delivery(import_id=import_id, actor=manager)
    delete_delivery(import_id=import_id, actor=manager)
    assert told(manager, kinds=frozenset({"imports.import"})) == [
        ("Delivery", "deleted", []),
        ("Delivery", "erased", [("Status", "Loading", "Erased")]),
        ("Delivery", "approved", [("Status", "Checked", "Loading")]),
    ]


def test_a_change_that_is_undone_by_its_transaction_is_not_written_down(manager: User) -> None:
    made = create_named(Source, values={"name": "Office"}, actor=manager)
    with transaction.atomic():
        change_named(Source, pk=made.pk, values={"contact": "Eva"}, actor=manager)
        transaction.set_rollback(True)
    assert [one.action for one in log(manager, kinds=frozenset({"imports.source"}))] == ["created"]


def everything() -> None:
    """A change of each kind, of somebody's."""
    by = User.objects.create_superuser("root")
    importer = User.objects.get(username="Importers")
    other = load(residents(), source="other", actor=by)
    own = load(residents(), source="own", actor=importer)
    for import_id in (other, own):
        corrected(import_id, actor=by, town="Lviv")
        ask_rename(import_id=import_id, field="town", before="Lviv", after="Lwów", actor=by)
    create_named(Channel, values={"name": "tv"}, actor=by)
    set_alias(town="Valencia", geoname_id=VALENCIA, actor=by)
    change_settings(age_bounds=[0, 18], small_segment=5, alert_residents=100, alert_percent=20, actor=by)
    update_airport(airport_id=make_airport("Manises").pk, values={"city": "Quart"}, actor=by)
    deactivate_users(users=User.objects.filter(pk=User.objects.create_user("gone").pk), actor=by)
    deactivate_users(users=User.objects.filter(pk=User.objects.create_superuser("boss").pk), actor=by)


EVERYBODY = {"Airport", "Channel", "Delivery"}
EDITORS = EVERYBODY | {"Resident", "Renaming", "Town alias"}


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("Viewers", EVERYBODY),
        ("Importers", EVERYBODY | {"Resident", "Renaming"}),
        ("Editors", EDITORS),
        ("Managers", EDITORS | {"Demand settings", "User", "API token"}),
    ],
)
def test_each_role_sees_what_it_may_see_elsewhere(role: str, kinds: set[str]) -> None:
    users = {name: somebody(name) for name in ("Viewers", "Importers", "Editors", "Managers")}
    everything()
    found = log(users[role])
    assert {one.kind for one in found} == kinds
    deliveries = {number for one in found for number, _ in one.residents}
    own = {Import.objects.get(source="own").pk}
    of_all = set(Import.objects.values_list("pk", flat=True))
    assert deliveries == {"Viewers": set(), "Importers": own}.get(role, of_all)
    # A superuser is for superusers, and undoing for those who may correct.
    assert [one for one in found if one.subject == "boss"] == []
    assert any(one.undo for one in found) == (role in {"Editors", "Managers"})
    assert [one.subject for one in log(User.objects.get(username="root"), words="boss")] == ["boss"]
    page = text(browser(users[role]).get(URL))
    assert ("Lwów" in page) == (role != "Viewers")


def test_no_secret_is_in_it(manager: User) -> None:
    token, key = issue_token(username="program", created_by=manager, label="CI")
    revoke_tokens(tokens=type(token).objects.filter(pk=token.pk), actor=manager)
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    user = User.objects.get(username="program")
    root.post(f"/admin/auth/user/{user.pk}/password/", {"password1": "a long word 1", "password2": "a long word 1"})
    user.refresh_from_db()
    rows = [*RecordedChange.objects.values_list("name", "changes", "row_id")]
    page = text(root.get(URL))
    secrets = (key, token.pk, token.token_key, "a long word 1", user.password)
    assert [one for one in secrets if one in f"{rows} {page}"] == []
    assert [one.action for one in log(manager, words="CI")] == ["revoked", "created"]
    assert "given another password" in [one.action for one in log(manager, words="program")]


def test_a_form_of_a_user_is_written_down_and_so_is_an_invitation(
    manager: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("config.common.accounts.admin.users.request_links", lambda **_: True)
    client = browser(manager)
    role = manager.groups.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/auth/user/add/", {"username": "nora", "email": "n@example.org", "groups": [role]})
    user = User.objects.get(username="nora")
    form = {"username": "nora", "email": "new@example.org", "groups": [], "is_active": "on"}
    client.post(f"/admin/auth/user/{user.pk}/change/", form)
    client.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"})
    found = {one.action: {name: (a, b) for name, a, b in one.changes} for one in log(manager, words="nora")}
    assert found["created"]["Roles"] == (None, "Managers")
    assert found["changed"] == {"Email address": ("n@example.org", "new@example.org"), "Roles": ("Managers", "")}
    assert list(found) == ["deleted", "changed", "invited by mail", "created"]
