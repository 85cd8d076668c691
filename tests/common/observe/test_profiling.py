"""The profiler: what it records of a running server, and what it never does."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import RequestFactory
from silk.models import Request, SQLQuery

from config.common.observe.intercept import wanted
from config.settings.profiling import SILK_MIDDLEWARE, with_profiler
from tests.common.helpers import one_airport
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
TokenOf = Callable[[str], str]
SECRETS = {
    "name": "Zyxwena Plantova",
    "town": "Plantgrad",
    "street": "Quorvik Lane",
    "building": "77-qx",
    "birth_date": "29.02.1988",
    "channel": "plantchannel",
    "airport": "Zorblax Field",
    "city": "Mirkwald",
    "search": "vexarino",
    "agent": "plantagent",
    "password": "plantpassword",
    "user": "plantuser",
    "mail": "plant@mail.example",
    "number": "987654321",
}
# As the database, JSON and repr write the day.
OTHER_FORMS = ("1988-02-29", "1988, 2, 29", "Plantova", "Zorblax")


@pytest.fixture(scope="module")
def profiled(django_db_setup: None) -> Iterator[Server]:
    """A server that records every request."""
    with start_server(SILK_SHARE="1") as server:
        yield server


def everything_recorded() -> str:
    """Every column of every row of every table of silk's, as text."""
    texts = []
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name.startswith("silk_")]
        assert len(tables) == 5
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} AS t")
            texts += [text for (text,) in cursor.fetchall()]
    return "\n".join(texts)


def resident(number: int, **changes: Any) -> dict[str, Any]:
    planted = {key: SECRETS[key] for key in ("name", "town", "street", "building", "birth_date", "channel")}
    fixed = {"citizen_id": number, "apartment": 987654321, "gender": "female", "relatives": []}
    return {**fixed, **planted, **changes}


def deliver(client: httpx.Client) -> None:
    """Residents in every way that they come in, are read and corrected."""
    body = json.dumps({"citizens": [resident(1), resident(2)]}).encode()
    path = client.post("/imports?source=plantchannel", content=body, headers=JSON).headers["Location"]
    client.post("/imports", content=gzip.compress(body), headers={**JSON, "Content-Encoding": "gzip"})
    client.post("/imports", content=iter([body]), headers={**JSON, "Prefer": "respond-async", "Idempotency-Key": "k"})
    for end in ("", "/citizens", "/citizens/1", "/citizens/birthdays", "/towns/stat/percentile/age"):
        assert client.get(f"{path}{end}").status_code == 200
    assert client.patch(f"{path}/citizens/1", json={"name": SECRETS["name"] + "x", "relatives": [2]}).status_code == 200
    assert client.patch(f"{path}/citizens/1", json={"name": ""}).status_code == 400
    client.get(f"/imports?source={SECRETS['name']}")
    client.get(f"/imports/{SECRETS['name']}/{SECRETS['street']}")


def fly(client: httpx.Client) -> str:
    """Airports in every way; returns the token of a link."""
    airport: dict[str, Any] = {"name": SECRETS["airport"], "city": SECRETS["city"], "latitude": 1.5, "longitude": 2.5}
    path = client.post("/airports", json=airport).headers["Location"]
    client.put("/create", json={**airport, "name": SECRETS["airport"] + " 2"})
    client.get("/airports", params={"q": SECRETS["search"], "city": SECRETS["city"], "format": "csv"})
    client.get("/airports", params={"q": SECRETS["airport"], "near": "1.5,2.5", "radius": "1000"})
    client.get(f"/{SECRETS['search']}?token={SECRETS['password']}")
    link = client.get("/create", params={**airport, "name": "Zorblax 3"}).json()["data"]["confirmation_url"]
    client.get(link)
    client.post(link)
    client.post("/upload", files={"file": ("a.csv", f"{SECRETS['airport']} 4,X,Spain,,,3,4,5,0,U,\\N,airport,u\n")})
    for end in ("", "/history"):
        assert client.get(f"{path}{end}").status_code == 200
    client.patch(path, json={"city": SECRETS["city"]}, headers={"If-Match": '"9"'})
    client.delete(path)
    client.post(f"{path}/restore")
    return str(link).rpartition("/")[2]


def administer(server: Server) -> list[str]:
    """The admin in a browser; returns the cookies."""
    User.objects.create_superuser("plantuser", email=SECRETS["mail"], password=SECRETS["password"])
    with server.client() as browser:
        token = browser.get("/admin/login/").cookies["csrftoken"]
        form = {"username": "plantuser", "password": SECRETS["password"], "csrfmiddlewaretoken": token}
        assert browser.post("/admin/login/?next=/admin/", data=form).status_code == 302
        for page in ("auth/user/?q=plantuser", "imports/citizen/?q=Zyxwena", "airports/airport/?q=Zorblax", ""):
            assert browser.get(f"/admin/{page}").status_code == 200
        key = User.objects.get(username="plantuser").pk
        assert browser.get(f"/admin/auth/user/{key}/change/").status_code == 200
        return [value for value in dict(browser.cookies).values() if value]


JSON = {"Content-Type": "application/json"}


def test_nothing_that_is_anybodys_gets_into_any_column(profiled: Server, token_of: TokenOf) -> None:
    key = token_of("Managers")
    with profiled.client(key) as client:
        client.headers["User-Agent"] = SECRETS["agent"]
        client.headers["X-Request-ID"] = "plantid"
        client.cookies.set("other", "plantcookie")
        deliver(client)
        link = fly(client)
    cookies = administer(profiled)
    text = everything_recorded()
    planted = [*SECRETS.values(), *OTHER_FORMS, key, link, *cookies, "plantid", "plantcookie"]
    assert [value for value in planted if value.lower() in text.lower()] == []
    recorded = set(Request.objects.values_list("method", "path"))
    assert {("GET", "/airports"), ("GET", "/airports/{airport_id}"), ("DELETE", "/airports/{airport_id}")} <= recorded
    assert {("GET", "/admin/airports/airport/"), ("GET", "/admin/auth/user/")} <= recorded
    assert [path for _, path in recorded if path.startswith(("/confirm", "/create", "/upload", "/admin/login"))] == []
    assert [path for _, path in recorded if "imports" in path or "citizens" in path or "towns" in path] == []
    # Negative control: the search finds what is there.
    SQLQuery.objects.create(query=f"SELECT '{SECRETS['street']}'")
    assert SECRETS["street"] in everything_recorded()


def test_what_is_recorded_says_where_the_time_went(profiled: Server, token_of: TokenOf) -> None:
    one_airport()
    with profiled.client(token_of("Viewers")) as client:
        client.get("/airports?limit=7")
    recorded = Request.objects.get()
    assert (recorded.path, recorded.method, recorded.response.status_code) == ("/airports", "GET", 200)
    assert (recorded.encoded_headers, recorded.query_params, recorded.raw_body, recorded.body) == ("", "", "", "")
    queries = list(recorded.queries.order_by("identifier"))
    assert recorded.num_sql_queries == len(queries) >= 3
    assert recorded.time_taken > sum(query.time_taken for query in queries) > 0
    # The placeholder stands where the limit was; nobody asked the database to explain.
    rows = next(query for query in queries if 'FROM "airports_airport"' in query.query and "LIMIT" in query.query)
    assert (rows.query.endswith("LIMIT ?"), rows.analysis) == (True, None)
    assert "airports/api/airports.py" in rows.traceback


def test_a_stream_is_recorded_with_its_last_byte(profiled: Server, token_of: TokenOf) -> None:
    one_airport()
    with profiled.client(token_of("Viewers")) as client:
        client.get("/airports?format=csv")
        client.get("/airports")
    streamed = Request.objects.order_by("start_time")[0]
    assert any('FROM "airports_airport"' in query for query in streamed.queries.values_list("query", flat=True))


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/airports", "", True),
        ("DELETE", "/airports/1", "", True),
        ("POST", "/airports/1/restore", "", True),
        ("GET", "/creates/1", "", True),
        ("GET", "/admin/airports/airport/", "", True),
        ("GET", "/importsandmore", "", True),
        ("GET", "/docs", "", True),
        ("POST", "/airports", "{}", False),
        ("PATCH", "/airports/1", "{}", False),
        ("POST", "/imports", "{}", False),
        ("GET", "/imports", "", False),
        ("GET", "/imports/", "", False),
        ("GET", "/imports/1", "", False),
        ("DELETE", "/imports/1", "", False),
        ("GET", "/imports/1/citizens", "", False),
        ("GET", "/admin/imports/", "", False),
        ("GET", "/admin/imports/import/", "", False),
        ("GET", "/admin/imports/citizen/1/change/", "", False),
        ("GET", "/imports/1/towns/stat/percentile/age", "", False),
        ("POST", "/imports/1/retry", "", False),
        ("GET", "/confirm/abc", "", False),
        ("POST", "/confirm/abc", "", False),
        ("GET", "/confirm/a\nb", "", False),
        ("GET", "/create", "", False),
        ("GET", "/update", "", False),
        ("GET", "/delete", "", False),
        ("POST", "/upload", "", False),
        ("GET", "/admin/login/", "", False),
        ("POST", "/admin/logout/", "", False),
        ("GET", "/admin/auth/user/1/password/", "", False),
        ("GET", "/admin/password_change/", "", False),
        ("GET", "/silk", "", False),
        ("GET", "/silk/requests/", "", False),
        ("GET", "/health/ready", "", False),
        ("OPTIONS", "/airports", "", False),
    ],
)
def test_what_is_looked_at_and_what_never(settings: Any, method: str, path: str, body: str, expected: bool) -> None:
    settings.SILK_SHARE = 1.0
    request = RequestFactory().generic(method, "/", body, content_type="application/json")
    request.path_info = path
    assert wanted(request) is expected


def test_a_body_without_an_announced_length_is_a_body(settings: Any) -> None:
    settings.SILK_SHARE = 1.0
    assert not wanted(RequestFactory().post("/airports/1/restore", HTTP_TRANSFER_ENCODING="chunked"))


def test_a_share_is_a_share(settings: Any) -> None:
    settings.SILK_SHARE = 0.25
    request = RequestFactory().get("/airports")
    assert 150 < sum(wanted(request) for _ in range(1000)) < 350


def test_without_a_share_there_is_no_middleware(settings: Any) -> None:
    assert (SILK_MIDDLEWARE in settings.MIDDLEWARE, settings.SILK_SHARE) == (False, 0)
    before = list(settings.MIDDLEWARE)
    assert with_profiler(before, 0.0) is before
    after = with_profiler(before, 0.5)
    assert after[after.index(SILK_MIDDLEWARE) - 1] == "config.common.observe.middleware.LogMiddleware"
    with pytest.raises(ValueError, match="between 0 and 1"):
        with_profiler(before, 1.5)
