"""Chance that is the same for the same seed on every Python."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Dice:
    """Draws from one seed.

    Only `Random.random` is used: what the other methods draw for a seed may
    change between versions of Python.
    """

    def __init__(self, seed: str) -> None:
        """Begins with `seed`: draws depend on nothing else."""
        self.random = Random(seed).random  # nosec B311 # the same seed must make the same delivery

    def below(self, end: int) -> int:
        """An integer from 0 to `end` - 1."""
        return int(self.random() * end)

    def between(self, first: int, last: int) -> int:
        """An integer from `first` to `last`, both included."""
        return first + self.below(last - first + 1)

    def chance(self, probability: float) -> bool:
        """True with `probability`, from 0 to 1."""
        return self.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`, each as likely."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """`items` in any order."""
        keys = [self.random() for _ in items]
        return [items[index] for index in sorted(range(len(items)), key=keys.__getitem__)]


class Weighted(Generic[T]):
    """Items to draw from, each as likely as its weight."""

    def __init__(self, weights: Mapping[T, int]) -> None:
        """`weights` are integers from 0, not all 0."""
        self.items = list(weights)
        self.totals = list(accumulate(weights.values()))

    def draw(self, dice: Dice) -> T:
        """One of the items."""
        return self.items[bisect_right(self.totals, dice.below(self.totals[-1]))]
