"""The groups and what they may do, typed by hand."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission, User

from config.common.accounts.roles import duties_of
from config.common.accounts.services.roles import sync_roles
from config.common.accounts.services.tokens import issue_token
from config.common.domain import domains

pytestmark = pytest.mark.django_db

AIRPORTS = {"view_airport", "view_historicalairport"}
DEMAND = {
    "view_importdemand", "view_townplace", "view_channelcost", "view_plan", "add_plan", "change_plan", "delete_plan",
}  # fmt: skip
EDIT_DEMAND = {
    *DEMAND, "refresh_demand", "view_alert", "view_townalias", "add_townalias", "change_townalias", "delete_townalias",
}  # fmt: skip
NAMED = {"view_source", "view_channel", "view_recordedchange", "add_subscription"}
WRITE_CHANNELS = {*NAMED, "add_channel", "change_channel", "delete_channel"}
WRITE_AIRPORTS = {*AIRPORTS, "add_airport", "change_airport", "view_pendingchange"}
ROLES = {
    "Viewers": {*AIRPORTS, *DEMAND, *NAMED, "view_import"},
    "Editors": {
        *WRITE_AIRPORTS, *EDIT_DEMAND, *WRITE_CHANNELS,
        "view_import", "view_citizen", "change_citizen", "view_correction", "share_savedview", "view_deadletter",
    },
    "Importers": {*AIRPORTS, *DEMAND, *NAMED, "view_import", "add_import", "view_own_citizens"},
    "Managers": {
        *WRITE_AIRPORTS, "delete_airport", "view_queuedcreate",
        *WRITE_CHANNELS, "add_source", "change_source", "delete_source",
        *EDIT_DEMAND, "view_demandsettings", "add_demandsettings", "change_demandsettings",
        "add_channelcost", "change_channelcost", "delete_channelcost", "delete_shared_plan",
        "view_import", "view_citizen", "change_citizen", "view_correction", "add_import", "delete_import",
        "view_user", "add_user", "change_user", "delete_user", "view_group",
        "view_apitoken", "add_apitoken", "change_apitoken", "delete_apitoken",
        "view_lease", "view_readaudit", "share_savedview", "delete_savedview",
        "view_schedule", "add_schedule", "change_schedule",
        "view_subscription", "change_subscription", "delete_subscription", "view_notice", "view_attempt",
        "view_deadletter", "change_deadletter", "view_position",
    },
}  # fmt: skip


def granted() -> dict[str, set[str]]:
    """What each group may do now."""
    return {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}


def test_the_migration_makes_the_groups() -> None:
    assert granted() == ROLES


def test_sync_repairs_what_somebody_changed_and_leaves_other_groups_alone() -> None:
    Group.objects.get(name="Viewers").permissions.set(Permission.objects.all())
    Group.objects.get(name="Editors").permissions.clear()
    Group.objects.get(name="Importers").delete()
    Group.objects.create(name="Choir").permissions.set(Permission.objects.filter(codename="view_session"))
    sync_roles()
    assert granted() == {**ROLES, "Choir": {"view_session"}}


def is_staff(user: User) -> bool:
    """What the database says."""
    return User.objects.get(pk=user.pk).is_staff


@pytest.mark.parametrize("role", ROLES)
def test_a_role_makes_staff_and_its_loss_unmakes_it(role: str) -> None:
    user, group = User.objects.create_user("ada"), Group.objects.get(name=role)
    found = []
    changes: tuple[Callable[[], object], ...] = (
        lambda: user.groups.add(group),
        lambda: user.groups.remove(group),
        lambda: group.user_set.add(user),
        lambda: group.user_set.remove(user),
        lambda: user.groups.set([group]),
        user.groups.clear,
        lambda: group.user_set.set([user]),
        group.user_set.clear,
    )
    for change in changes:
        change()
        found.append(is_staff(user))
    assert found == [True, False] * 4


def test_a_group_that_is_no_role_makes_nobody_staff() -> None:
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.create(name="Choir"))
    assert is_staff(user) is False


def test_who_has_two_roles_stays_staff_with_one(superuser: User) -> None:
    issue_token(username="ada", role="Viewers")
    issue_token(username="ada", role="Editors")
    ada = User.objects.get(username="ada")
    ada.groups.remove(Group.objects.get(name="Viewers"))
    superuser.groups.set([Group.objects.get(name="Viewers")])
    superuser.groups.clear()
    assert (is_staff(ada), is_staff(superuser)) == (True, True)


def test_whatever_an_app_lets_a_role_do_it_also_says_in_words() -> None:
    assert {app.label: set(app.duties) for app in domains()} == {app.label: set(app.permissions) for app in domains()}


def test_the_words_of_a_role_begin_with_those_that_it_contains() -> None:
    assert duties_of("Managers").startswith("all that Editors may; ")
    assert duties_of("Viewers") == (
        "read who changed what they may see; be told of what happens by mail and webhooks; see the airports; "
        "see the list of deliveries, but no resident; see the demand, make plans"
    )
    assert duties_of("Choir") == ""
