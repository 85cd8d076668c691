"""What a foreign page can do with somebody's browser: nothing."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse
from rest_framework.test import APIClient

from airports.models import Airport, PendingChange
from imports.models import Import
from tests.common.helpers import existing_objects, send
from tests.common.http.urls import GUARDED, Url

pytestmark = pytest.mark.django_db
UNSAFE = [(url, method) for url in GUARDED for method in sorted(url.open_to) if method not in {"GET", "HEAD"}]
LINKS = ["/create?name=X&latitude=1&longitude=1", "/update?id={airport}&city=X", "/delete?id={airport}"]
FOREIGN = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]


def named(value: object) -> str:
    return value.path if isinstance(value, Url) else str(value)


def browser(user: User) -> APIClient:
    """A browser in which `user` has signed in, with Django's CSRF check."""
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize(("url", "method"), UNSAFE, ids=named)
def test_a_session_alone_writes_nothing(url: Url, method: str, superuser: User) -> None:
    where = existing_objects()
    before = stored()
    path = url.path.format(**where)
    for origin in ({}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_X_CSRFTOKEN": "x" * 32}):
        answer = send(browser(superuser), method, path, b"{}", content_type="application/json", **origin)
        assert answer.status_code == 403, origin
    assert stored() == before


@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_changes_something_takes_no_session(link: str, superuser: User) -> None:
    path = link.format(**existing_objects())
    before = stored()
    answer = browser(superuser).get(path)
    assert (answer.status_code, answer.headers["Cache-Control"], stored()) == (401, "no-store", before)


@pytest.mark.parametrize("target", FOREIGN)
def test_signing_in_leads_to_no_foreign_page(target: str, superuser: User) -> None:
    form = {"username": "root", "password": "a long password", "next": target}
    answer = Client().post(f"/admin/login/?next={quote(target)}", form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


@pytest.mark.parametrize(
    "path", ["//evil.example", "/%2Fevil.example", "/confirm//evil.example", "/admin//evil.example"]
)
def test_no_path_leads_to_a_foreign_page(path: str) -> None:
    location = Client().get(path, HTTP_ACCEPT="text/html").headers.get("Location", "/admin/login/")
    assert location.startswith("/admin/")


@pytest.mark.parametrize("name", ["password_reset", "admin_password_reset"])
def test_there_is_no_way_to_a_new_password_by_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def stored() -> list[object]:
    """What a write would change."""
    return [
        list(Airport.objects.values("version", "is_deleted")),
        list(Import.objects.values("status", "deleted_at", "revision")),
        PendingChange.objects.count(),
    ]
