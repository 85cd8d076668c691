"""Silk's pages: for superusers, with the product's own manners."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from silk.models import Request, Response, SQLQuery

from config.common.accounts.services.tokens import issue_token
from tests.common.helpers import send
from tests.common.http.urls import METHODS, PROFILES, ROLES, Url

pytestmark = pytest.mark.django_db
CODE = f'File "{__file__}", line 3, in x\n\n'


@pytest.fixture
def record() -> dict[str, object]:
    """A request with a query; what the placeholders of the table stand for."""
    request = Request.objects.create(path="/airports", method="GET", view_name="airports", end_time=None)
    Response.objects.create(request=request, status_code=200)
    query = SQLQuery.objects.create(request=request, query="SELECT %s", traceback=CODE)
    return {"request": request.pk, "query": query.pk}


def browser(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize("url", PROFILES, ids=lambda url: url.path)
def test_each_page_is_for_superusers_alone(url: Url, record: dict[str, object], superuser: User) -> None:
    path = url.path.format(**record)
    anonymous = browser(None).get(path)
    assert (anonymous.status_code, anonymous.headers["Location"]) == (302, f"/admin/login/?next={path}")
    for role in ROLES.values():
        issue_token(username=role, role=role)
        assert browser(User.objects.get(username=role)).get(path).status_code == 403
    answer = browser(superuser).get(path)
    assert answer.status_code == (404 if url.path.endswith("pyprofile/") else 200)


@pytest.mark.parametrize("url", PROFILES, ids=lambda url: url.path)
def test_a_method_that_does_not_work_is_405(url: Url, record: dict[str, object], superuser: User) -> None:
    for client in (browser(None), browser(superuser)):
        for method in set(METHODS) - url.allow:
            answer = send(client, method, url.path.format(**record))
            assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, url.allow)


@pytest.mark.parametrize("url", PROFILES, ids=lambda url: url.path)
def test_options_are_open_and_exact(url: Url, record: dict[str, object]) -> None:
    answer = browser(None).options(url.path.format(**record))
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (200, url.allow)
    assert set(answer.json()["data"]["methods"]) == url.allow


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("/nothing/", 404),
        ("/request/00000000-0000-0000-0000-000000000000/", 404),
        ("/request/00000000-0000-0000-0000-000000000000/sql/9/", 404),
        ("/request/{request}/sql/{query}/?pos=x", 400),
        ("/request/{request}/sql/{query}/?pos=1&line_num=1&file_path=/etc/passwd", 403),
        ("/request/{request}/raw/?typ=request&subtyp=raw", 200),
        ("/request/{request}/raw/", 400),
        ("/requests/?order_by=nonsense", 400),
        ("/requests/?show=x", 400),
        ("/request/{request}/sql/?page=x", 200),
        (f"/profile/{10**30}/", 404),
    ],
)
def test_nonsense_is_no_error_of_ours(end: str, status: int, record: dict[str, object], superuser: User) -> None:
    assert browser(superuser).get("/silk" + end.format(**record)).status_code == status


def test_a_filter_that_was_nonsense_does_not_stick(superuser: User) -> None:
    client = browser(superuser)
    assert [client.get(f"/silk/requests/{query}").status_code for query in ("?show=x", "", "?show=5")] == [
        400,
        200,
        200,
    ]


@pytest.mark.parametrize("path", ["/silk", "/silk/requests/"])
def test_the_policy_allows_known_attributes_by_their_hashes_and_nothing_else(path: str, superuser: User) -> None:
    rules, common = policy(browser(superuser), path), policy(browser(None), "/")
    own = {name: rule for name, rule in rules.items() if common.get(name) != rule}
    assert own.pop("img-src") == "'self' data:"
    assert (set(own), set(common) - set(rules)) == ({"script-src-attr", "style-src-attr"}, set())
    for rule in own.values():
        keyword, *hashes = rule.split(" ")
        assert (keyword, [one[:8] for one in hashes]) == ("'unsafe-hashes'", ["'sha256-"] * len(hashes))


def policy(client: Client, path: str) -> dict[str, str]:
    """The directives of a page's policy, without the nonce of the one page."""
    rules = client.get(path).headers["Content-Security-Policy"]
    return dict(re.sub(r" 'nonce-[^']*'", "", rule).split(" ", 1) for rule in rules.split("; "))


def test_the_link_of_the_front_page_leads_to_the_requests(superuser: User, record: Callable[[], None]) -> None:
    html = browser(superuser).get("/silk").content.decode()
    assert 'href="/silk/requests/"' in html
    assert b"/airports" in browser(superuser).get("/silk/requests/").content
