"""Every page of the admin that is not a list, a form, a deletion or a history of a model: who may open it.

The models' own pages stand in `tests.admin.models.PAGES`. Roles are named as in `tests.common.http.urls`, `S` is a
superuser. `{airport}`, `{version}`, `{id}` and `{user}` stand for rows that exist.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

_STAFF = "VEIMS"
# Pages that whoever has no session may see, or that lead to the sign-in in a way of their own.
BEFORE_SIGN_IN = {
    "/admin/login/", "/admin/login/code/", "/admin/second-factor/set-up/", "/admin/dashboard/demand/",
    "/admin/password/forgotten/", "/admin/password/sent/", "/admin/password/set/1/1/",
}  # fmt: skip


_DEMAND_LISTS = ("analytics/townplace", "analytics/importdemand", "analytics/plan", "analytics/channelcost")


class Page(NamedTuple):
    """A page, and to whom a GET shows it."""

    path: str
    open_to: str


OTHER_PAGES = [
    Page("/admin/", _STAFF),
    # Whoever has signed in is led on, and there is nothing to see before the password.
    Page("/admin/login/", "-"),
    Page("/admin/login/code/", ""),
    *(Page(f"/admin/password/{page}/", f"-{_STAFF}") for page in ("forgotten", "sent", "set/x/x")),
    Page("/admin/preferences/", _STAFF),
    Page("/admin/notifications/", _STAFF),
    # By POST only.
    Page("/admin/language/", ""),
    Page("/admin/second-factor/", _STAFF),
    Page("/admin/second-factor/set-up/", _STAFF),
    # Without htmx it leads to the whole page.
    Page("/admin/dashboard/demand/", ""),
    Page("/admin/search/", _STAFF),
    # By POST only.
    Page("/admin/views/", ""),
    Page("/admin/views/1/", ""),
    # By POST only.
    Page("/admin/logout/", ""),
    Page("/admin/password_change/", _STAFF),
    Page("/admin/password_change/done/", _STAFF),
    Page("/admin/autocomplete/?app_label=accounts&model_name=apitoken&field_name=user&term=o", "MS"),
    Page("/admin/jsi18n/", _STAFF),
    # No model has a page outside the admin.
    Page("/admin/r/1/1/", ""),
    Page("/admin/auth/user/{user}/password/", "MS"),
    Page("/admin/airports/airport/upload/", "EMS"),
    # The file of another.
    Page("/admin/airports/airport/upload/1/", ""),
    Page("/admin/airports/airport/upload/1/rows.csv", ""),
    Page("/admin/airports/airport/upload/1/wrong.xlsx", ""),
    Page("/admin/airports/airport/template.xlsx", "EMS"),
    Page("/admin/airports/airport/template.csv", "EMS"),
    *(
        Page(f"/admin/{model}/export/csv/", who)
        for who, models in {
            _STAFF: ("airports/airport", "imports/import", "imports/source", "imports/channel", *_DEMAND_LISTS),
            "EMS": ("analytics/townalias", "analytics/alert"),
            "EIMS": ("imports/citizen",),
            "MS": (
                "accounts/apitoken",
                "auth/user",
                "background/schedule",
                "events/notice",
                "events/subscription",
                "privacy/readaudit",
            ),
        }.items()
        for model in models
    ),
    Page("/admin/airports/airport/{airport}/history/{version}/", _STAFF),
    Page("/admin/imports/citizen/suggest/{id}/", "EMS"),
    # There is nothing to undo.
    Page("/admin/imports/citizen/undo/1/", ""),
    Page("/admin/imports/import/undo-rename/1/", ""),
    Page("/admin/changes/recordedchange/export/csv/", _STAFF),
    Page("/admin/imports/citizen/find/", "MS"),
    Page("/admin/imports/import/upload/", "IMS"),
    # By POST only.
    Page("/admin/imports/import/{id}/step/", ""),
    # There are none, so it leads back to whoever might see them.
    Page("/admin/imports/import/{id}/rejected/", ""),
    Page("/admin/imports/import/{id}/correct/", ""),
    Page("/admin/imports/import/{id}/mend/", ""),
    Page("/admin/imports/import/{id}/discard/", ""),
    # It is complete: its columns were said.
    Page("/admin/imports/import/{id}/columns/", ""),
    Page("/admin/imports/import/template.xlsx", "IMS"),
    Page("/admin/imports/import/template.csv", "IMS"),
    Page("/admin/imports/import/{id}/erase/", "MS"),
    Page("/admin/imports/import/{id}/remove/", "MS"),
    Page("/admin/imports/import/{id}/rename/", "EMS"),
    Page("/admin/imports/import/{id}/carry/", "EMS"),
    Page("/admin/analytics/importdemand/channels/", _STAFF),
    # By POST only.
    Page("/admin/analytics/plan/keep/", ""),
    Page("/admin/analytics/plan/compare/", _STAFF),
    Page("/admin/analytics/plan/draft/curve/csv/?budget=1&cost_of=*&cost=1", _STAFF),
    Page("/admin/analytics/townplace/unplaced/", _STAFF),
    Page("/admin/airports/", _STAFF),
    Page("/admin/auth/", "MS"),
    # The catch-all behind all others.
    Page("/admin/bogus", ""),
]
# What a model's own pages are, below the model's address.
_OF_A_MODEL = (
    "",
    "add/",
    "<path:object_id>/",
    *(f"<path:object_id>/{one}/" for one in ("history", "delete", "change")),
)


def routes(below: str = "admin/", found: Any = None, before: str = "") -> Iterator[str]:
    """The route of each pattern below `/admin/`, or elsewhere, as `resolve` names it."""
    for one in (found or get_resolver()).url_patterns:
        route = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLPattern) and route.startswith(below):
            yield route
        elif isinstance(one, URLResolver):
            yield from routes(below, one, route)


def routes_of_models(models: Any) -> set[str]:
    """The routes of the pages that the admin makes for each of `models`."""
    return {f"admin/{one._meta.app_label}/{one._meta.model_name}/{page}" for one in models for page in _OF_A_MODEL}


def address(route: str) -> str:
    """An address that `route` takes, of rows that may not exist."""
    plain = route.replace("([^/]+)/history/([^/]+)/$", "1/history/1/").replace("(?P<url>.*)$", "bogus")
    plain = re.sub(r"\(\?P<app_label>.*\)/\$", "airports/", plain)
    plain = plain.replace("<uuid:request_id>", str(UUID(int=1)))
    return "/" + re.sub(r"<[^>]*>", "1", plain.replace("<slug:key>", "demand").replace("<str:format>", "csv"))
