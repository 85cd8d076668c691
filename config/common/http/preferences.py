"""`Prefer` (RFC 7240): what a caller would like, if we can."""

from rest_framework.request import Request

RESPOND_ASYNC = "respond-async"
APPLIED = {"Preference-Applied": RESPOND_ASYNC}


def prefers_async(request: Request) -> bool:
    """Whether the caller would rather poll than wait."""
    preferences = request.META.get("HTTP_PREFER", "").split(",")
    return RESPOND_ASYNC in {preference.partition(";")[0].strip().lower() for preference in preferences}
