"""Reads the change log: the streams of all apps as one list, the newest first.

Each stream is asked for as many rows as a page has, from where the page before ended, and the pages are merged; so a
page costs the same wherever it is, and no transaction lasts longer than one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from config.common.changes.services.recorded import RecordedStream
from config.common.changes.services.streams import Asked, Entry, Stream
from config.common.digits import number_in
from config.common.domain import domains

ROWS = 50
_ROWS_AT_ONCE = 1_000


class Position(NamedTuple):
    """Where a line of the log is: its moment, the number of its stream, its key there. Later ones come first."""

    at: datetime
    stream: int
    key: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.stream}_{self.key}"


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of the log; `after` is where the next page begins, None at the end."""

    entries: list[Entry]
    after: Position | None


@cache
def streams() -> tuple[Stream, ...]:
    """All of them."""
    declared = (import_string(path)() for config in domains() for path in config.change_streams)
    return RecordedStream(), *declared


def kinds_for(user: User) -> Mapping[str, str]:
    """The kinds of things whose changes `user` may see, by what they are called."""
    found = {kind: called for stream in streams() for kind, called in stream.kinds(user).items()}
    return dict(sorted(found.items(), key=lambda one: one[1]))


def position_in(text: str) -> Position | None:
    """What `str` made of a position; None for any other text."""
    moment, *numbers = text.split("_")
    stream, key = (number_in(one) for one in numbers) if len(numbers) == 2 else (None, None)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if stream is None or key is None or at.tzinfo is None else Position(at, stream, key)


def read_page(*, asked: Asked, user: User, after: Position | None = None, size: int = ROWS) -> Page:
    """What `user` may see of what is asked for, the newest first."""
    found: list[tuple[Position, Any]] = []
    for number, stream in enumerate(streams()):
        kinds = stream.kinds(user)
        if kinds and (not asked.kinds or asked.kinds & {*kinds}):
            rows = page_of(stream, number, asked, user, after)[: size + 1]
            found += [(Position(getattr(row, stream.at), number, row.pk), row) for row in rows]
    found.sort(key=lambda one: one[0], reverse=True)
    shown = found[:size]
    return Page(entries=_entries(shown, user), after=shown[-1][0] if len(found) > size else None)


def read_all(*, asked: Asked, user: User) -> Iterator[list[Entry]]:
    """All of it, some at a time."""
    after: Position | None = None
    while True:
        page = read_page(asked=asked, user=user, after=after, size=_ROWS_AT_ONCE)
        yield page.entries
        if (after := page.after) is None:
            return


def page_of(stream: Stream, number: int, asked: Asked, user: User, after: Position | None) -> QuerySet[Any]:
    """The rows of one stream that stand behind `after` in the log, in its order."""
    rows = stream.rows(asked, user).order_by(f"-{stream.at}", "-pk")
    if asked.people:
        # By the keys: of them the planner knows how often each is.
        people = list(User.objects.filter(username__in=asked.people).values_list("pk", flat=True))
        rows = rows.filter(**{f"{stream.by}__in": people})
    if asked.since:
        rows = rows.filter(**{f"{stream.at}__gte": asked.since})
    if asked.until:
        rows = rows.filter(**{f"{stream.at}__lt": asked.until})
    if after is None:
        return rows
    # By the index to the moment; among rows of the same moment the key decides.
    rows = rows.filter(**{f"{stream.at}__lte": after.at})
    if number < after.stream:
        return rows
    earlier = Q(**{f"{stream.at}__lt": after.at})
    return rows.filter(earlier | Q(pk__lt=after.key) if number == after.stream else earlier)


def _entries(found: list[tuple[Position, Any]], user: User) -> list[Entry]:
    by_stream = defaultdict(list)
    for position, row in found:
        by_stream[position.stream].append(row)
    made = {number: iter(streams()[number].entries(rows, user)) for number, rows in by_stream.items()}
    return [next(made[position.stream]) for position, _ in found]
