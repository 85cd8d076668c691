"""Every URL that exists, typed by hand: who may do what there.

`{id}` and `{citizen}` stand for an import and a citizen that exist, `{airport}` for an airport, `{token}` for the end
of a link to a change of it, `{create}` for a queued create, `{source}` for a source without deliveries, `{channel}` for
a channel, `{plan}` for a plan that somebody shares, `{alert}` for an alert, `{webhook}` for a webhook and `{notice}`
for what was sent to it. A role is named by its first letter: V, E, I, M; `-` is somebody without credentials, `*`
everybody.
"""

from typing import NamedTuple


class Url(NamedTuple):
    """A URL, its `Allow` header, and for each method those who get through to the action."""

    path: str
    allow: set[str]
    open_to: dict[str, str]


_READ = {"GET", "HEAD", "OPTIONS"}
_WRITE = {"PUT", "PATCH", "DELETE"}
_EVERYBODY = "-VEIM"

PUBLIC = [
    Url(path, _READ, {"GET": _EVERYBODY, "HEAD": _EVERYBODY})
    for path in ("/", "/health/live", "/health/ready", "/metrics", "/schema", "/docs", "/redoc")
]
# The import was made by nobody of the table, so its residents are not an importer's to see: 404, not 403.
GUARDED = [
    Url("/imports", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "IM"}),
    Url("/imports/{id}", _READ | {"DELETE"}, {"GET": "VEIM", "HEAD": "VEIM", "DELETE": "M"}),
    *(
        Url(f"/imports/{{id}}/{step}", {"POST", "OPTIONS"}, {"POST": "IM"})
        for step in ("cancel", "retry", "approve", "discard")
    ),
    Url("/imports/{id}/citizens", _READ, {"GET": "EIM", "HEAD": "EIM"}),
    Url("/imports/{id}/citizens/{citizen}", _READ | {"PATCH"}, {"GET": "EIM", "HEAD": "EIM", "PATCH": "EM"}),
    Url("/imports/{id}/citizens/birthdays", _READ, {"GET": "EIM", "HEAD": "EIM"}),
    Url("/imports/{id}/towns/stat/percentile/age", _READ, {"GET": "EIM", "HEAD": "EIM"}),
]
# Where a GET changes something there is no HEAD.
_VERB = {"GET", "OPTIONS"}
GUARDED += [
    Url("/airports", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "EM"}),
    Url(
        "/airports/{airport}",
        _READ | {"PUT", "PATCH", "DELETE"},
        {"GET": "VEIM", "HEAD": "VEIM", "PUT": "EM", "PATCH": "EM", "DELETE": "M"},
    ),
    Url("/airports/{airport}/restore", {"POST", "OPTIONS"}, {"POST": "M"}),
    Url("/airports/{airport}/history", _READ, {"GET": "VEIM", "HEAD": "VEIM"}),
    Url("/upload", {"POST", "OPTIONS"}, {"POST": "EM"}),
    Url("/create", _VERB | {"PUT"}, {"GET": "EM", "PUT": "EM"}),
    Url("/creates/{create}", _READ, {"GET": "VEIM", "HEAD": "VEIM"}),
    Url("/update", _VERB | {"PATCH"}, {"GET": "EM", "PATCH": "EM"}),
    Url("/delete", _VERB | {"DELETE"}, {"GET": "M", "DELETE": "M"}),
    Url("/confirm/{token}", _READ | {"POST"}, {"GET": "EM", "HEAD": "EM", "POST": "EM"}),
]
GUARDED += [
    *(
        Url(f"/analytics/{question}", _READ, {"GET": "VEIM", "HEAD": "VEIM"})
        for question in ("demand", "opportunities", "cities", "catchments", "trend", "calendar", "effects")
    ),
    *(
        Url(f"/analytics/{question}", _READ, {"GET": "EM", "HEAD": "EM"})
        for question in ("flows", "changes", "alerts", "alerts/{alert}")
    ),
    Url("/analytics/refresh", {"POST", "OPTIONS"}, {"POST": "EM"}),
    Url("/analytics/plan", {"POST", "OPTIONS"}, {"POST": "VEIM"}),
    Url("/analytics/holdout", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "VEIM"}),
    Url("/analytics/plans", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "VEIM"}),
    Url(
        "/analytics/plans/{plan}",
        _READ | {"PATCH", "DELETE"},
        {"GET": "VEIM", "HEAD": "VEIM", "PATCH": "VEIM", "DELETE": "VEIM"},
    ),
]
# What deliveries name.
GUARDED += [
    Url("/sources", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "M"}),
    Url("/channels", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "EM"}),
    *(
        Url(path, _READ | _WRITE, {"GET": "VEIM", "HEAD": "VEIM", **dict.fromkeys(_WRITE, who)})
        for path, who in (("/sources/{source}", "M"), ("/channels/{channel}", "EM"))
    ),
]
# Everybody's own; another's is 404 to all but Managers.
_OWN = "VEIM"
GUARDED += [
    Url("/webhooks", _READ | {"POST"}, {"GET": _OWN, "HEAD": _OWN, "POST": _OWN}),
    Url(
        "/webhooks/{webhook}",
        _READ | {"PATCH", "DELETE"},
        {"GET": _OWN, "HEAD": _OWN, "PATCH": _OWN, "DELETE": _OWN},
    ),
    *(Url(f"/webhooks/{{webhook}}/{step}", {"POST", "OPTIONS"}, {"POST": _OWN}) for step in ("rotate", "test")),
    Url("/webhooks/{webhook}/deliveries", _READ, {"GET": _OWN, "HEAD": _OWN}),
    Url("/webhooks/{webhook}/deliveries/{notice}/resend", {"POST", "OPTIONS"}, {"POST": _OWN}),
]
# The page for people; the buttons on it are a form.
GUARDED.append(Url("/analytics/", _READ | {"POST"}, {"GET": "VEIM", "HEAD": "VEIM", "POST": "EM"}))
GUARDED.append(Url("/analytics/report", _READ, {"GET": "VEIM", "HEAD": "VEIM"}))
API = PUBLIC + GUARDED
# Pages of the profiler, for superusers. `{request}` and `{query}` stand for what it recorded.
_FILTERED = _READ | {"POST"}
PROFILES = [
    Url("/silk", _FILTERED, {}),
    Url("/silk/", _FILTERED, {}),
    Url("/silk/requests/", _FILTERED, {}),
    Url("/silk/profiling/", _FILTERED, {}),
    Url("/silk/cleardb/", _FILTERED, {}),
    Url("/silk/request/{request}/", _READ, {}),
    Url("/silk/request/{request}/sql/", _READ, {}),
    Url("/silk/request/{request}/sql/{query}/", _READ, {}),
    Url("/silk/request/{request}/profiling/", _FILTERED, {}),
    Url("/silk/request/{request}/cprofile/", _READ, {}),
    Url("/silk/request/{request}/pyprofile/", _READ, {}),
]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO")
ROLES = {"V": "Viewers", "E": "Editors", "I": "Importers", "M": "Managers"}
