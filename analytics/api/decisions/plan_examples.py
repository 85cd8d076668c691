"""Examples of plans for the OpenAPI document; a test compares their shapes with those of answers."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_BODY: dict[str, Any] = {
    "budget": 5000,
    "cost_per_thousand": {"telegram": 20, "*": 50},
    "max_share": 0.5,
    "min_residents": 30,
    "group_by": ["city", "age_group", "channel"],
    "filters": {"age_group": ["18-24", "25-34"], "gender": ["female"]},
}
_BOUGHT = {
    "reached": 206.0,
    "spend": 4.12,
    "expected_courses": 286.5,
    "expected_low": 254.1,
    "expected_high": 320.8,
}
_SEGMENT = {
    "city": "Valencia",
    "country": "ES",
    "age_group": "25-34",
    "channel": "telegram",
    "residents": 412,
    "expected_index": 138.4,
    "own_share": 0.87,
    "cost_per_thousand": 20.0,
    **_BOUGHT,
}
_TOTAL = {"segments": 1, "residents": 412, **_BOUGHT}
_ANSWER = {
    "segments": [_SEGMENT],
    "total": _TOTAL,
    "marginal_return": 0.0,
    "courses_per_resident": 1.0049,
    "cost_per_thousand": {"telegram": 20.0, "*": 50.0},
}
_META = {"refreshed_at": "2026-11-21T10:00:00Z", "imports": 3, "stale": False, "merged": 0, "as_of": "2026-11-21"}
_KEPT = {"id": 1, "name": "Spring", "shared": True, "owner": "ana", "kept_at": "2026-11-21T10:05:00Z", **_BODY}


def _answer(name: str, value: dict[str, Any], *codes: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=codes or ("200",))


PLAN_BODY = OpenApiExample("A budget", value=_BODY, request_only=True)
PLAN = _answer("A plan", {"data": _ANSWER, "meta": _META})
KEPT_BODY = OpenApiExample("A plan to keep", value={"name": "Spring", "shared": True, **_BODY}, request_only=True)
KEPT_CHANGE = OpenApiExample("Another name", value={"name": "Spring, second try"}, request_only=True)
KEPT = _answer("A kept plan", {"data": {**_KEPT, "answer": _ANSWER}}, "200", "201")
KEPT_LIST = _answer("Kept plans", {"data": [{**_KEPT, "total": _TOTAL}], "count": 1, "next": None, "previous": None})
