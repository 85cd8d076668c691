"""Versions in headers: `ETag` on what is read, `If-Match` on what is written, `If-None-Match` to save a read."""

import re

from rest_framework.request import Request

from airports.models import Airport

_TAGS = re.compile(r'(W/)?"([^"]*)"')


def etag(airport: Airport) -> str:
    """The strong tag of the airport as it is."""
    return f'"{airport.version}"'


def known_versions(request: Request) -> frozenset[int] | None:
    """The versions that `If-Match` names; None for any: no header, or `*`.

    A weak tag counts: a front that compresses answers makes one of ours. What is no tag names none.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    return frozenset(int(tag) for _, tag in _TAGS.findall(header) if _is_version(tag))


def is_known(request: Request, airport: Airport) -> bool:
    """Whether `If-None-Match` says that the caller has the airport as it is; weak tags count here."""
    header = request.META.get("HTTP_IF_NONE_MATCH", "").strip()
    return header == "*" or str(airport.version) in {tag for _, tag in _TAGS.findall(header)}


def _is_version(tag: str) -> bool:
    return tag.isascii() and tag.isdigit() and len(tag) < 20
