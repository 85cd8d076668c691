"""Names the types of arrays, and keeps columns of values that are none."""

from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Whole numbers too: doubles are exact to 2^53, far beyond any people.
Numbers = NDArray[np.float64]

# As many times more numbers than rows are looked up, else sorted.
_SPARSE = 16
_Value = TypeVar("_Value", bound=Hashable)
_Other = TypeVar("_Other", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Column(Generic[_Value]):
    """A column of few values: the different `values`, in the order in which they come first, and for each row the
    number of its own among them. Iterates over the rows."""

    values: list[_Value]
    numbers: Ints

    @classmethod
    def of(cls, rows: Sequence[_Value]) -> "Column[_Value]":
        """Numbers these rows."""
        places: defaultdict[_Value, int] = defaultdict(count().__next__)
        numbers = np.fromiter(map(places.__getitem__, rows), dtype=np.int64, count=len(rows))
        return cls(list(places), numbers)

    @classmethod
    def joined(cls, columns: Sequence["Column[_Value]"]) -> "Column[_Value]":
        """Puts columns behind each other."""
        values = list(chain.from_iterable(column.values for column in columns))
        starts = np.cumsum([0, *(len(column.values) for column in columns)])
        numbers = [column.numbers + start for column, start in zip(columns, starts.tolist(), strict=False)]
        return cls(values, np.concatenate([np.zeros(0, dtype=np.int64), *numbers])).renamed(lambda value: value)

    def renamed(self, name: Callable[[_Value], _Other]) -> "Column[_Other]":
        """Calls each value what `name` says, those that are called the same one value."""
        called = Column.of(list(map(name, self.values)))
        return Column(called.values, called.numbers[self.numbers] if called.values else self.numbers)

    def ranks(self, key: Callable[[_Value], Any]) -> Ints:
        """Gives each row the place of its value among them all, by `key` as of `sorted`."""
        places = np.empty(len(self.values), dtype=np.int64)
        places[sorted(range(len(self.values)), key=lambda number: key(self.values[number]))] = range(len(self.values))
        return places[self.numbers]

    def flags(self, passes: Callable[[_Value], bool]) -> Flags:
        """Says of each row whether its value passes."""
        return np.array(list(map(passes, self.values)), dtype=np.bool_)[self.numbers]

    def taken(self, rows: Ints) -> "Column[_Value]":
        """Gives these rows."""
        return Column(self.values, self.numbers[rows])

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, row: int) -> _Value:
        return self.values[int(self.numbers[row])]

    def __iter__(self) -> Iterator[_Value]:
        return map(self.values.__getitem__, self.numbers.tolist())


def combined(columns: Sequence[Ints], *, rows: int) -> Ints:
    """Makes one number, from 0, of those of several columns in each row; the same for rows that have the same."""
    code = np.zeros(rows, dtype=np.int64)
    for column in columns:
        # Dense again after each, so that no product of their sizes is too large.
        code = _dense(code * (int(column.max(initial=0)) + 1) + column)
    return code


def _dense(numbers: Ints) -> Ints:
    """Numbers from 0 in their order, without gaps."""
    most = int(numbers.max(initial=0))
    if most > _SPARSE * len(numbers):
        return np.unique(numbers, return_inverse=True)[1]
    # Five times as fast as sorting.
    is_there = np.zeros(most + 1, dtype=np.bool_)
    is_there[numbers] = True
    places: Ints = np.cumsum(is_there)[numbers] - 1
    return places


def packed(array: Ints | Numbers) -> list[str]:
    """Writes numbers for JSON: their type, and their bytes in base64. Whole ones take as few as the largest needs."""
    if (array >= 0).all() and (array == np.floor(array)).all():
        array = array.astype(np.min_scalar_type(int(array.max(initial=0))))
    return [array.dtype.str, b64encode(array.tobytes()).decode()]


def unpacked(written: Sequence[str]) -> Numbers:
    """Reads what `packed` wrote."""
    kind, data = written
    return np.frombuffer(b64decode(data), dtype=kind).astype(np.float64)


def unpacked_ints(written: Sequence[str]) -> Ints:
    """Reads what `packed` wrote of whole numbers."""
    return unpacked(written).astype(np.int64)
