"""Both sides of a relation: who is touched by a change of somebody's lists, and the one statement that writes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

# One statement for removals, additions and moves: a row that changes lists never stands in both, not even in between.
_OTHER_SIDES = """
    UPDATE imports_citizen SET
        relatives = array_remove(relatives, %(me)s)
            || CASE WHEN citizen_id = ANY (%(relatives)s) THEN ARRAY[%(me)s]::bigint[] ELSE '{}' END,
        friends = array_remove(friends, %(me)s)
            || CASE WHEN citizen_id = ANY (%(friends)s) THEN ARRAY[%(me)s]::bigint[] ELSE '{}' END
    WHERE import_id = %(import_id)s AND citizen_id = ANY (%(touched)s)
"""


@dataclass(frozen=True, slots=True)
class Relations:
    """Somebody's two lists."""

    relatives: tuple[int, ...]
    friends: tuple[int, ...]

    @classmethod
    def of(cls, relatives: Iterable[int], friends: Iterable[int]) -> "Relations":
        """From any two sequences of ids."""
        return cls(tuple(relatives), tuple(friends))

    def touched_by(self, new: "Relations") -> set[int]:
        """The ids whose own row changes when these lists become `new`."""
        relatives = set(self.relatives) ^ set(new.relatives)
        return relatives | (set(self.friends) ^ set(new.friends))


def write_other_sides(*, import_id: int, citizen_id: int, new: Relations, touched: set[int]) -> None:
    """Makes the rows of `touched`, all of them locked, agree with the `new` lists of `citizen_id`."""
    others = touched - {citizen_id}
    if not others:
        return
    values: dict[str, Any] = {
        "me": citizen_id,
        "import_id": import_id,
        "touched": sorted(others),
        "relatives": sorted(others & set(new.relatives)),
        "friends": sorted(others & set(new.friends)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_SIDES, values)
