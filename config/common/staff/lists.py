"""Lists of the admin that cost what their rows cost.

For each row of a list django-unfold 0.91 made all the headers of the table again, each with its links for sorting and
one with a check box from a template. Here they are made once. `tests/common/staff/test_lists.py` says when the library
does without.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from unfold.templatetags import unfold_list

ROWS = 50

Headers = Callable[[Any], Iterator[dict[str, Any]]]


def quicken_lists() -> None:
    """For every list of the process; may be called again."""
    # A page of Unfold has some four kilobytes a row.
    ModelAdmin.list_per_page = ROWS
    if not hasattr(unfold_list.result_headers, "once"):
        unfold_list.result_headers = _once(unfold_list.result_headers)


def _once(headers: Headers) -> Headers:
    """`headers`, which depend on the list alone, kept with the list of the request."""

    def remembered(changes: Any) -> Iterator[dict[str, Any]]:
        if not hasattr(changes, "made_headers"):
            changes.made_headers = list(headers(changes))
        return iter(changes.made_headers)

    remembered.once = True  # type: ignore[attr-defined]  # so that it is wrapped but once
    return remembered
