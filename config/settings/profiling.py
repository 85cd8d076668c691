"""The profiler: django-silk's tables and pages, filled by a recorder of our own that takes no personal data."""

from config import env
from config.common.observe.access import may_see_profiles
from config.common.observe.intercept import wanted

# The share of requests that are recorded, 0 to 1. Each settings module says what is meant where nobody said it.
SILK_SHARE = env.SILK_SHARE or 0.0
SILK_DAYS = env.SILK_DAYS
SILK_MAX_REQUESTS = env.SILK_MAX_REQUESTS
SILK_MIDDLEWARE = "config.common.observe.profiling.ProfileMiddleware"

SILKY_MIDDLEWARE_CLASS = SILK_MIDDLEWARE
SILKY_INTERCEPT_FUNC = wanted
SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True
SILKY_PERMISSIONS = may_see_profiles

# The recorder reads none of these. They are said all the same, in case somebody installs silk's own middleware.
SILKY_MAX_REQUEST_BODY_SIZE = 0
SILKY_MAX_RESPONSE_BODY_SIZE = 0
SILKY_HIDE_COOKIES = True
SILKY_SENSITIVE_KEYS = {"authorization", "cookie", "x-csrftoken", "token", "key", "secret", "password", "q", "name"}
SILKY_ANALYZE_QUERIES = False
SILKY_PYTHON_PROFILER = False
# Old records go by a schedule (`observe.prune_profiles`), never by chance inside a request.
SILKY_MAX_RECORDED_REQUESTS = SILK_MAX_REQUESTS
SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT = 0


def with_profiler(middleware: list[str], share: float) -> list[str]:
    """`middleware` with the recorder right inside the log line's, or as it is while nothing is recorded."""
    if not 0 <= share <= 1:
        raise ValueError(f"SILK_SHARE must be between 0 and 1, not {share}.")
    if not share:
        return middleware
    place = middleware.index("config.common.observe.middleware.LogMiddleware") + 1
    return [*middleware[:place], SILK_MIDDLEWARE, *middleware[place:]]
