"""Worlds of residents whose true demand is known, drawn in memory: what the intervals and the ranking are tried on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """Residents and who is related to whom.

    `keys`: for each dimension the number of each resident's value, and how many values there are in `sizes`. `one` and
    `other`: the residents of each ordered pair of two different ones who are relatives or friends, each pair both ways.
    """

    keys: dict[str, Ints]
    sizes: dict[str, int]
    courses: Ints
    one: Ints
    other: Ints

    def groups(self, names: tuple[str, ...]) -> tuple[Ints, int]:
        """Numbers the group of each resident by these dimensions, and how many groups there can be."""
        codes, count = np.zeros(len(self.courses), dtype=np.int64), 1
        for name in names:
            codes, count = codes * self.sizes[name] + self.keys[name], count * self.sizes[name]
        return codes, count


def both_ways(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Turns pairs into ordered pairs."""
    return np.concatenate([first, second]), np.concatenate([second, first])


def pairs_in_runs(runs: Ints, longest: int) -> tuple[Ints, Ints]:
    """Pairs places that have the same number in `runs`, which ascends; no number stands more than `longest` times."""
    found = [np.flatnonzero(runs[distance:] == runs[:-distance]) for distance in range(1, longest)]
    gaps = np.repeat(np.arange(1, longest), [len(places) for places in found])
    first = np.concatenate(found)
    return first, first + gaps


def choose(weights: Floats, number: int, rng: np.random.Generator) -> Ints:
    """Draws places, each as likely as its weight."""
    totals = np.cumsum(weights)
    places: Ints = np.searchsorted(totals, rng.random(number) * totals[-1], side="right").astype(np.int64)
    return places
