"""On which line, or in which row, the residents of a table stand."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence


class Places:
    """The place of each by its number from 1. Memory grows with empty rows and line breaks in cells alone."""

    def __init__(self) -> None:
        self.count = 0
        # From which resident on places are ahead of the numbers, and by how much.
        self._first, self._ahead = array("q", [0]), array("q", [0])

    def add(self, places: Sequence[int]) -> None:
        """The places of the next ones, in ascending order."""
        # Of consecutive ones the first says all.
        looked_at = places[:1] if isinstance(places, range) else places
        for number, place in enumerate(looked_at, start=self.count + 1):
            if place - number != self._ahead[-1]:
                self._first.append(number)
                self._ahead.append(place - number)
        self.count += len(places)

    def of(self, number: int) -> int:
        """Where the resident `number` stands."""
        return number + self._ahead[bisect_right(self._first, number) - 1]
