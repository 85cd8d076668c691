"""Lists of the admin that cost what their rows cost.

For each row of a list django-unfold 0.91 made all the headers of the table again, each with its links for sorting and
one with a check box from a template. Here they are made once. `tests/common/staff/test_lists.py` says when the library
does without.

Of a list that is not narrowed and does not count twice, its heading said how many rows were found and offered to show
all, as if there were more.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from unfold.templatetags import unfold_list

ROWS = 50

Headers = Callable[[Any], Iterator[dict[str, Any]]]


def quicken_lists() -> None:
    """For every list of the process; may be called again."""
    # A page of Unfold has some four kilobytes a row.
    ModelAdmin.list_per_page = ROWS
    if not hasattr(unfold_list.result_headers, "once"):
        unfold_list.result_headers = _once(unfold_list.result_headers)
        ChangeList.get_results = _whole(ChangeList.get_results)  # type: ignore[assignment, method-assign]  # of any list


def _once(headers: Headers) -> Headers:
    """`headers`, which depend on the list alone, kept with the list of the request."""

    def remembered(changes: Any) -> Iterator[dict[str, Any]]:
        if not hasattr(changes, "made_headers"):
            changes.made_headers = list(headers(changes))
        return iter(changes.made_headers)

    remembered.once = True  # type: ignore[attr-defined]  # so that it is wrapped but once
    return remembered


def _whole(get_results: Callable[[Any, HttpRequest], None]) -> Callable[[Any, HttpRequest], None]:
    """`get_results`, after which a list that is not narrowed knows that what it found is all there is."""

    def found(changes: Any, request: HttpRequest) -> None:
        get_results(changes, request)
        if changes.full_result_count is None and not (changes.query or changes.has_active_filters):
            changes.full_result_count = changes.result_count

    return found
