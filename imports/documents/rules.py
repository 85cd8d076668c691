"""What documents are judged by that does not stand in them."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple


class Rules(NamedTuple):
    """The date in UTC that nobody may be born after, and how many ids `relatives` and `friends` may hold."""

    today: date
    longest: Mapping[str, int]
