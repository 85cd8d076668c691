"""Names the types of arrays, and makes one of rows that are none."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import count

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
