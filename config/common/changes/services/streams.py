"""What the change log is read from: each app declares streams of its own records, `DomainConfig.change_streams`.

A stream is a query of rows with a moment and a person; an index by the moment, the newest first, keeps a page of the
log as quick among a million rows as among ten.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from config.common.digits import number_in


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for. Empty is anything; `people` are user names, `kinds` of `Stream.kinds`: any of them."""

    people: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    field: str = ""
    source: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of a delivery, `7`, or of a delivery and a resident, `7/12`; none where the words are words."""
        found = [number_in(part.strip()) for part in self.words.split("/")]
        return tuple(number for number in found if number is not None) if None not in found and len(found) < 3 else ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. `undo` and `link` are addresses, or nothing; `residents` are those whom it tells of."""

    at: datetime
    by: str
    kind: str
    subject: str
    action: str
    changes: Sequence[tuple[str, Any, Any]] = ()
    link: str = ""
    undo: str = ""
    residents: frozenset[tuple[int, int | None]] = field(default=frozenset())


class Stream(ABC):
    """Rows of one table. `at` and `by` name their fields."""

    at: ClassVar[str]
    by: ClassVar[str]

    @abstractmethod
    def kinds(self, user: User) -> Mapping[str, str]:
        """The kinds of things whose changes `user` may see in it, and what they are called. None: it is not asked."""

    @abstractmethod
    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        """Those that `user` may see and that are asked for; person, time and order are seen to elsewhere."""

    @abstractmethod
    def entries(self, rows: Sequence[Any], user: User) -> list[Entry]:
        """What the log says of each of `rows`, in their order."""


def name_of(row: Model | None) -> str:
    """A person's name in the log; nothing for nobody."""
    return str(row) if row else ""


def mentioning(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Those in whose `changes` the words stand, in any case."""
    found: QuerySet[Any] = rows.alias(written=Cast("changes", TextField())).filter(written__icontains=words)
    return found
