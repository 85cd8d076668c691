"""What managers may do with users and tokens, also by forms that they tampered with."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone
from django_otp.util import random_hex
from rest_framework.test import APIClient

from config.common.accounts.models import ApiToken
from config.common.accounts.services.second_factor import enrol, factor_id, with_factor
from config.common.accounts.services.tokens import issue_token
from tests.common.accounts.sign_in.steps import app_code

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def root() -> User:
    """A superuser."""
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.fixture
def browser() -> Client:
    """In which a manager has signed in."""
    issue_token(username="mia", role="Managers")
    client = Client()
    client.force_login(User.objects.get(username="mia"))
    return client


@pytest.fixture
def roots_browser(root: User) -> Client:
    """In which the superuser has signed in."""
    client = Client()
    client.force_login(root)
    return client


def form(username: str, **more: Any) -> dict[str, Any]:
    """The form of a user, with everything that would make it mightier."""
    everything = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    mighty = {"is_superuser": "on", "is_staff": "on", "user_permissions": everything}
    return {"username": username, "is_active": "on", "password1": PASSWORD, "password2": PASSWORD, **mighty, **more}


def might(username: str) -> tuple[bool, bool, int]:
    """What somebody got: superuser, staff, permissions of their own."""
    user = User.objects.get(username=username)
    return user.is_superuser, user.is_staff, user.user_permissions.count()


def test_a_manager_makes_users_and_gives_them_roles_and_nothing_more(browser: Client) -> None:
    editors = Group.objects.get(name="Editors").pk
    added = browser.post("/admin/auth/user/add/", form("ada", groups=[editors]))
    ada = User.objects.get(username="ada")
    assert (added.status_code, might("ada"), ada.has_usable_password()) == (302, (False, True, 0), False)
    page = f"/admin/auth/user/{ada.pk}/change/"
    changed = browser.post(page, form("ada", groups=[Group.objects.get(name="Viewers").pk]))
    assert (changed.status_code, might("ada")) == (302, (False, True, 0))
    changed = browser.post(page, form("ada"))
    assert (changed.status_code, might("ada")) == (302, (False, False, 0))


def test_a_manager_does_not_become_mightier(browser: Client) -> None:
    mia = User.objects.get(username="mia")
    groups = [Group.objects.get(name="Managers").pk]
    assert browser.post(f"/admin/auth/user/{mia.pk}/change/", form("mia", groups=groups)).status_code == 302
    assert might("mia") == (False, True, 0)


def test_a_manager_neither_sees_nor_touches_superusers(browser: Client, root: User) -> None:
    base = f"/admin/auth/user/{root.pk}"
    pages = [f"{base}/change/", f"{base}/delete/", f"{base}/history/", f"{base}/password/"]
    for page in pages:
        sent = {**form("root2"), "post": "yes"}
        assert [browser.get(page).status_code in {302, 404}, browser.post(page, sent).status_code in {302, 404}] == [
            True, True,
        ], page  # fmt: skip
    action = {"action": "delete_selected", "_selected_action": root.pk, "post": "yes"}
    browser.post("/admin/auth/user/", action)
    html = browser.get("/admin/auth/user/?q=root").content.decode()
    root.refresh_from_db()
    assert (root.username, root.check_password(PASSWORD), "root" in re.findall(r">(\w+)</a>", html)) == (
        "root", True, False,
    )  # fmt: skip


def test_a_manager_makes_no_token_for_a_superuser_and_does_not_see_theirs(browser: Client, root: User) -> None:
    theirs, _ = issue_token(username="root", label="of root")
    answer = browser.post("/admin/accounts/apitoken/add/", {"user": root.pk, "label": "x"})
    listed = browser.get("/admin/accounts/apitoken/").content.decode()
    delete = browser.post(f"/admin/accounts/apitoken/{theirs.pk}/delete/", {"post": "yes"})
    found = browser.get("/admin/autocomplete/?app_label=accounts&model_name=apitoken&field_name=user&term=o").json()
    assert (answer.status_code, "of root" in listed, delete.status_code, found["results"]) == (200, False, 302, [])
    assert list(ApiToken.objects.filter(user=root)) == [theirs]


def test_a_new_token_is_shown_once_and_works(browser: Client) -> None:
    User.objects.create_user("ada").groups.add(Group.objects.get(name="Viewers"))
    ada = User.objects.get(username="ada")
    sent = {"user": ada.pk, "label": "cron", "digest": "x", "created_by": "1", "expiry": ""}
    page = browser.post("/admin/accounts/apitoken/add/", sent, follow=True).content.decode()
    keys = re.findall(r"shown this once: ([0-9a-f]{64})", page)
    token = ApiToken.objects.get(user=ada)
    assert (len(keys), token.label, token.created_by and token.created_by.username) == (1, "cron", "mia")
    assert token.expiry is not None
    assert APIClient().get("/imports", HTTP_AUTHORIZATION=f"Token {keys[0]}").status_code == 200
    again = [browser.get(url).content.decode() for url in ("/admin/accounts/apitoken/", "/admin/")]
    logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert [text for text in (*again, logged) if keys[0] in text] == []


def test_a_token_for_somebody_who_is_switched_off_is_refused_by_the_form(browser: Client) -> None:
    ada = User.objects.create_user("ada", is_active=False)
    answer = browser.post("/admin/accounts/apitoken/add/", {"user": ada.pk, "label": ""})
    assert (answer.status_code, "This user is switched off." in answer.content.decode()) == (200, True)
    assert ApiToken.objects.filter(user=ada).exists() is False


@pytest.mark.parametrize(("days", "life"), [("30", 30), ("", 365)])
def test_a_token_lives_as_long_as_was_said_or_the_setting_says(browser: Client, days: str, life: int) -> None:
    ada = User.objects.create_user("ada")
    browser.post("/admin/accounts/apitoken/add/", {"user": ada.pk, "label": "", "days": days})
    token = ApiToken.objects.get(user=ada)
    assert token.expiry is not None
    assert (token.expiry - token.created).days in {life - 1, life}


@pytest.mark.parametrize("days", ["0", "-1", "36501", "1e9", "9" * 40, "\0"])
def test_a_life_that_cannot_be_makes_no_token(browser: Client, days: str) -> None:
    ada = User.objects.create_user("ada")
    answer = browser.post("/admin/accounts/apitoken/add/", {"user": ada.pk, "label": "", "days": days})
    assert (answer.status_code, ApiToken.objects.filter(user=ada).exists()) == (200, False)


def test_revoking_tokens_asks_first_and_ends_them(browser: Client) -> None:
    token, key = issue_token(username="ada", role="Viewers")
    action = {"action": "revoke", "_selected_action": token.pk}
    found = []
    for sent in (action, {**action, "confirmed": "yes"}):
        browser.post("/admin/accounts/apitoken/", sent)
        found.append(APIClient().get("/imports", HTTP_AUTHORIZATION=f"Token {key}").status_code)
    assert (found, ApiToken.objects.filter(pk=token.pk).exists()) == ([200, 401], True)


def test_a_manager_does_not_revoke_a_superusers_token(browser: Client, root: User) -> None:
    token, key = issue_token(username="root")
    browser.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": token.pk, "confirmed": "yes"})
    assert APIClient().get("/imports", HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("state=usable", {"used", "old"}),
        ("state=expired", {"expired"}),
        ("state=soon", {"old"}),
        ("used=day", {"used"}),
        ("used=long", {"old", "expired"}),
        ("used=never", {"expired"}),
        ("used=bogus&state=bogus", {"used", "old", "expired"}),
    ],
)
def test_tokens_are_found_by_state_and_by_last_use(browser: Client, query: str, labels: set[str]) -> None:
    now = timezone.now()
    uses = {"used": (now, 365), "old": (now - timedelta(days=40), 10), "expired": (None, -1)}
    for label, (used, days) in uses.items():
        token, _ = issue_token(username="ada", label=label)
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=used, expiry=now + timedelta(days=days))
    ids = dict(ApiToken.objects.values_list("label", "pk"))
    html = browser.get(f"/admin/accounts/apitoken/?{query}").content.decode()
    assert {label for label in uses if f"/admin/accounts/apitoken/{ids[label]}/change/" in html} == labels


def test_switching_users_off_asks_first_and_leaves_oneself_alone(browser: Client) -> None:
    _, key = issue_token(username="ada", role="Viewers")
    everybody = list(User.objects.values_list("pk", flat=True))
    action = {"action": "deactivate", "_selected_action": everybody}
    found = []
    for sent in (action, {**action, "confirmed": "yes"}):
        browser.post("/admin/auth/user/", sent)
        found.append(dict(User.objects.values_list("username", "is_active")))
    assert found == [{"ada": True, "mia": True}, {"ada": False, "mia": True}]
    assert APIClient().get("/imports", HTTP_AUTHORIZATION=f"Token {key}").status_code == 401


def test_a_manager_takes_the_factor_of_others_off_but_not_of_superusers_or_oneself(browser: Client, root: User) -> None:
    mia = User.objects.get(username="mia")
    ada = User.objects.create_user("ada")
    for user in (ada, root, mia):
        key = random_hex()
        enrol(user=user, key=key, code=app_code(key))
    # The session that her new factor ended.
    change = browser.session
    change["factor"] = factor_id(mia)
    change.save()
    action = {"action": "reset_second_factor", "_selected_action": [ada.pk, root.pk, mia.pk]}
    browser.post("/admin/auth/user/", action)
    assert with_factor(User.objects.all()).filter(factor_id=None).count() == 0
    browser.post("/admin/auth/user/", {**action, "confirmed": "yes"})
    assert list(with_factor(User.objects.all()).filter(factor_id=None)) == [ada]


def test_deleting_a_token_revokes_it(browser: Client) -> None:
    token, key = issue_token(username="ada", role="Viewers")
    browser.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert APIClient().get("/imports", HTTP_AUTHORIZATION=f"Token {key}").status_code == 401


def test_a_superuser_makes_superusers_who_are_staff_while_they_are_it(roots_browser: Client) -> None:
    ada = User.objects.create_user("ada")
    page = f"/admin/auth/user/{ada.pk}/change/"
    found = []
    for extra in ({"is_superuser": "on"}, {}):
        roots_browser.post(page, {"username": "ada", "is_active": "on", **extra})
        found.append(might("ada")[:2])
    assert found == [(True, True), (False, False)]


def test_a_permission_of_ones_own_is_offered_to_nobody_and_seen_by_superusers(
    roots_browser: Client, browser: Client
) -> None:
    ada = User.objects.create_user("ada")
    page, found = f"/admin/auth/user/{ada.pk}/change/", []
    for _ in range(2):
        found.append([("Can view session" in one.get(page).content.decode()) for one in (roots_browser, browser)])
        ada.user_permissions.set(Permission.objects.filter(codename="view_session"))
    roots_browser.post(page, form("ada"))
    assert (found, might("ada")[2]) == ([[False, False], [True, False]], 1)
