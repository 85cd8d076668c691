"""Versions in headers: `ETag` on what is read, `If-Match` on what is written, `If-None-Match` to save a read."""

import re
from typing import Protocol

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

_TAGS = re.compile(r'(W/)?"([^"]*)"')

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `ETag` of the copy that you know: 412 where it is stale."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the copy that you have: 304 where it holds.",
)


class Versioned(Protocol):
    """A row whose version grows with each change."""

    version: int


def etag(row: Versioned) -> str:
    """The strong tag of the row as it is."""
    return f'"{row.version}"'


def known_versions(request: Request) -> frozenset[int] | None:
    """The versions that `If-Match` names; None for any: no header, or `*`.

    A weak tag counts: a front that compresses answers makes one of ours. What is no tag names none.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    return frozenset(int(tag) for _, tag in _TAGS.findall(header) if _is_version(tag))


def is_known(request: Request, row: Versioned) -> bool:
    """Whether `If-None-Match` says that the caller has the row as it is; weak tags count here."""
    header = request.META.get("HTTP_IF_NONE_MATCH", "").strip()
    return header == "*" or str(row.version) in {tag for _, tag in _TAGS.findall(header)}


def _is_version(tag: str) -> bool:
    return tag.isascii() and tag.isdigit() and len(tag) < 20
