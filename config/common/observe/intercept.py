"""Which requests the profiler may look at."""

import random
import re
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from config.common.domain import declared

# Sign-in and passwords; what says nothing of the product.
_FORMS = r"/admin/(?:.*/)?(?:login|logout|password|password_change|upload)(?:/|$)"
_TOOLS = ("/silk", "/health", "/metrics", "/static")


def wanted(request: HttpRequest) -> bool:
    """Whether to record `request`: one of the sampled share, without a body, and none of what is never looked at."""
    if _never().match(request.path_info) or request.method == "OPTIONS" or _has_body(request):
        return False
    share: float = settings.SILK_SHARE
    return share >= 1 or random.random() < share  # nosec B311 # picks a sample, hides nothing


@cache
def _never() -> re.Pattern[str]:
    starts = "|".join(map(re.escape, (*_TOOLS, *declared("unprofiled_paths"))))
    return re.compile(rf"(?:{starts})(?:/|$)|{_FORMS}", re.DOTALL)


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in request.META
