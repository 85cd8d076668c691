"""Names the types of arrays, and makes one of rows that are none."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Whole numbers too: doubles are exact to 2^53, far beyond any people.
Numbers = NDArray[np.float64]


def number_rows(rows: Sequence[Hashable]) -> Ints:
    """Numbers the different rows in the order in which they come first, and gives the number of each row."""
    numbers: defaultdict[Hashable, int] = defaultdict(count().__next__)
    return np.fromiter(map(numbers.__getitem__, rows), dtype=np.int64, count=len(rows))


def ranks(values: Sequence[Hashable], key: Callable[[Any], Any]) -> Ints:
    """Gives each value its place among all of them, from 0, the same to those that are equal; `key` as of `sorted`."""
    places = {value: place for place, value in enumerate(sorted(set(values), key=key))}
    return np.fromiter(map(places.__getitem__, values), dtype=np.int64, count=len(values))
