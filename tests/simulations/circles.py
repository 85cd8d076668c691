"""Households and circles of friends that overlap: from a few circles to one giant component of everybody's friends."""

from dataclasses import dataclass

import numpy as np

from tests.simulations.worlds import Floats, Ints, World, both_ways, choose, pairs_in_runs

SIZES = {"city": 40, "age_group": 7, "channel": 8, "gender": 2}
CIRCLE = (4, 9)
LARGEST_HOUSEHOLD = 5


@dataclass(frozen=True)
class Circles:
    """How residents gather.

    `density`: circles per resident; `away`: the share of a circle's members who come from anywhere, the others are of
    its town; `strength`: how differently towns, ages and channels gather, as a standard deviation of the logarithm.
    """

    density: float
    residents: int = 3_000
    away: float = 0.1
    strength: float = 0.5
    acquainted: float = 0.8
    related: float = 0.5
    towns: int = SIZES["city"]

    def draw(self, rng: np.random.Generator) -> World:
        """Residents, whose rates are the same in every draw."""
        weights, effects = self.planted()
        household = np.repeat(np.arange(self.residents), rng.integers(1, LARGEST_HOUSEHOLD + 1, self.residents))
        household = household[: self.residents]
        city = choose(weights, self.residents, rng)[household]
        keys = {"city": city} | {
            name: rng.integers(0, SIZES[name], self.residents) for name in ("age_group", "channel", "gender")
        }
        eager = np.prod([effects[name][keys[name]] for name in ("city", "age_group", "channel")], axis=0)
        pairs = np.concatenate([self._relatives(household, rng), self._friends(city, eager, rng)], axis=1)
        low, high = np.sort(pairs, axis=0)
        different = np.unique((low * self.residents + high)[low != high])
        one, other = both_ways(different // self.residents, different % self.residents)
        return World(keys, self._sizes(), np.bincount(one, minlength=self.residents), one, other)

    def planted(self) -> tuple[Floats, dict[str, Floats]]:
        """How likely each town is, and how eager its residents, and those of each age group and channel, are to join a
        circle: without relatives, and as long as few pairs meet twice, their courses are in proportion to that."""
        dice = np.random.default_rng(7)
        weights = np.exp(dice.normal(0, 1, self.towns))
        return weights, {name: np.exp(dice.normal(0, self.strength, size)) for name, size in self._sizes().items()}

    def _sizes(self) -> dict[str, int]:
        return SIZES | {"city": self.towns}

    def _relatives(self, household: Ints, rng: np.random.Generator) -> Ints:
        related = rng.random(self.residents) < self.related
        pairs = np.array(pairs_in_runs(household, LARGEST_HOUSEHOLD))
        return pairs[:, related[household[pairs[0]]]]

    def _friends(self, city: Ints, eager: Floats, rng: np.random.Generator) -> Ints:
        """Each circle has a founder, and members of the founder's town or from anywhere, the eager ones likelier."""
        number = rng.poisson(self.density * self.residents)
        founders = choose(eager, number, rng)
        circle = np.repeat(np.arange(number), rng.integers(CIRCLE[0], CIRCLE[1] + 1, number))
        # Residents in the order of their towns: those of one town are a run of the running totals.
        order = np.argsort(city, kind="stable")
        totals = np.concatenate([[0.0], np.cumsum(eager[order])])
        starts, ends = (
            totals[np.searchsorted(city[order], city[founders[circle]], side)] for side in ("left", "right")
        )
        anywhere = rng.random(len(circle)) < self.away
        starts, ends = np.where(anywhere, 0, starts), np.where(anywhere, totals[-1], ends)
        drawn = np.searchsorted(totals, starts + rng.random(len(circle)) * (ends - starts), side="right") - 1
        members = order[np.minimum(drawn, self.residents - 1)]
        pairs = np.array(pairs_in_runs(circle, CIRCLE[1]))
        friends: Ints = members[pairs[:, rng.random(pairs.shape[1]) < self.acquainted]]
        return friends
