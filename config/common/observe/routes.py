"""The pattern of a request's URL, which names no object: `/airports/{pk}`."""

import re

from django.http import HttpRequest

# A group of a regular expression, named or not, or a converter of Django's; of these brackets no set holds others.
_GROUP = re.compile(r"\((?:\?P<(\w+)>)?(?:\[[^\]]*\]|[^()\[\]])*\)|<(?:\w+:)?(\w+)>")


def route_of(request: HttpRequest) -> str | None:
    """None where no URL of ours was asked for."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return None
    text = _GROUP.sub(lambda found: f"{{{found[1] or found[2] or 'id'}}}", match.route)
    return "/" + re.sub(r"[\^$]", "", text)
