"""Which requests the profiler may look at."""

import random
import re

from django.conf import settings
from django.http import HttpRequest

# Residents and deliveries; links and what makes them; files; sign-in and passwords; what says nothing of the product.
_NEVER = re.compile(
    r"/(?:confirm|create|update|delete|upload|silk|health|metrics|static)(?:/|$)"
    r"|(?:/admin)?/imports(?:/|$)"
    r"|/admin/(?:.*/)?(?:login|logout|password|password_change|upload)(?:/|$)",
    re.DOTALL,
)


def wanted(request: HttpRequest) -> bool:
    """Whether to record `request`: one of the sampled share, without a body, and none of what is never looked at."""
    if _NEVER.match(request.path_info) or request.method == "OPTIONS" or _has_body(request):
        return False
    share: float = settings.SILK_SHARE
    return share >= 1 or random.random() < share  # nosec B311 # picks a sample, hides nothing


def _has_body(request: HttpRequest) -> bool:
    return request.META.get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in request.META
