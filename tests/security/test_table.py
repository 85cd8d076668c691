"""The table of URLs is whole: no pattern is missing from it, and it says what the table of roles says."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.common.http.urls import API, GUARDED, METHODS, PROFILES

# A row of the table of roles: who may, and by which methods of which URLs.
ROLES = [
    ("VEIM", "GET /airports /airports/{airport} /airports/{airport}/history /creates/{create} /imports /imports/{id}"),
    ("VEIM", "GET /analytics/ /analytics/demand /analytics/opportunities /analytics/cities /analytics/trend"),
    ("VEIM", "GET /analytics/calendar /analytics/effects /analytics/holdout"),
    ("EM", "GET /analytics/flows /analytics/changes /analytics/alerts /analytics/alerts/{alert}"),
    ("VEIM", "GET /analytics/catchments /analytics/report"),
    ("EIM", "GET /imports/{id}/citizens /imports/{id}/citizens/{citizen} /imports/{id}/citizens/birthdays"),
    ("EIM", "GET /imports/{id}/towns/stat/percentile/age"),
    ("EM", "PATCH /imports/{id}/citizens/{citizen} /airports/{airport} /update"),
    ("EM", "POST /airports /upload /confirm/{token} /analytics/refresh /analytics/"),
    ("EM", "PUT /airports/{airport} /create"),
    ("EM", "GET /create /update /confirm/{token}"),
    ("IM", "POST /imports /imports/{id}/cancel /imports/{id}/retry /imports/{id}/approve /imports/{id}/discard"),
    ("M", "DELETE /airports/{airport} /imports/{id} /delete"),
    ("M", "GET /delete"),
    ("VEIM", "GET /sources /sources/{source} /channels /channels/{channel}"),
    *(("VEIM", f"{method} /analytics/plans/{{plan}}") for method in ("GET", "PATCH", "DELETE")),
    ("VEIM", "GET /analytics/plans"),
    ("VEIM", "POST /analytics/plan /analytics/plans /analytics/holdout"),
    ("VEIM", "GET /webhooks /webhooks/{webhook} /webhooks/{webhook}/deliveries"),
    ("VEIM", "POST /webhooks /webhooks/{webhook}/rotate /webhooks/{webhook}/test"),
    ("VEIM", "POST /webhooks/{webhook}/deliveries/{notice}/resend"),
    *(("VEIM", f"{method} /webhooks/{{webhook}}") for method in ("PATCH", "DELETE")),
    ("M", "POST /sources"),
    ("EM", "POST /channels"),
    *(("M", f"{method} /sources/{{source}}") for method in ("PUT", "PATCH", "DELETE")),
    *(("EM", f"{method} /channels/{{channel}}") for method in ("PUT", "PATCH", "DELETE")),
    ("M", "POST /airports/{airport}/restore"),
]
EXAMPLES = {
    "id": 1,
    "citizen": 1,
    "airport": 1,
    "token": "x",
    "create": 1,
    "source": 1,
    "channel": 1,
    "plan": 1,
    "alert": 1,
    "webhook": 1,
    "notice": 1,
    "request": UUID(int=1),
    "query": 1,
}


def patterns(found: Any = None) -> Iterator[URLPattern]:
    """Each pattern of the product, without the admin's and the profiler's: `test_admin_table` has those."""
    for one in (found or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield one
        elif isinstance(one, URLResolver) and not str(one.pattern).startswith(("admin/", "silk/")):
            yield from patterns(one)


def test_no_pattern_is_missing_from_the_table() -> None:
    reached = {resolve(url.path.format_map(EXAMPLES)).route for url in [*API, *PROFILES]}
    all_routes = {route for pattern in patterns() for route in [str(pattern.pattern)]}
    assert [route for route in sorted(all_routes) if not any(one.endswith(route) for one in reached)] == []
    assert len(reached) >= len(all_routes)


def test_it_says_what_the_table_of_roles_says() -> None:
    expected = {(method, path): set(who) for who, row in ROLES for method, *paths in [row.split()] for path in paths}
    assert {
        (method, url.path): set(who) for url in GUARDED for method, who in url.open_to.items() if method != "HEAD"
    } == expected


def test_head_is_open_to_those_to_whom_get_is() -> None:
    assert [url.path for url in API if "HEAD" in url.allow and url.open_to["HEAD"] != url.open_to["GET"]] == []


def test_each_method_that_works_has_its_row_of_roles() -> None:
    assert [url.path for url in API if set(url.open_to) != url.allow - {"OPTIONS"}] == []


def test_how_many_cells_there_are() -> None:
    # URL × method × (four roles and nobody); a URL that is new raises it.
    assert len(API) * len(METHODS) * 5 == 55 * 8 * 5
