"""What a budget buys: a linear programme, and how its best value grows with the budget. Knows no database.

Of each segment up to `most` residents are reached, each for `cost` and each worth so many courses, so that the courses
are as many as the budget buys. That is the continuous knapsack problem, of which buying in the order of worth by cost
is the optimum (G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5 (1957), pp. 266-288): money
that went to a segment further back would bring no less further in front.
"""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Ints, Numbers


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is to buy: of each segment `most` residents, of whom each is worth so many courses and costs so much.

    Worth is above 0; what costs nothing is free.
    """

    worth: Numbers
    cost: Numbers
    most: Numbers


@dataclass(frozen=True, slots=True)
class Allocation:
    """The `places` among the offers of what is bought, in the order to buy, and how many residents of each are
    `reached`; `marginal_return`: courses of the next unit of money, 0 where nothing is left to buy."""

    places: Ints
    reached: Numbers
    marginal_return: float


def allocate(offers: Offers, *, budget: float) -> Allocation:
    """Buys what is free and then in the order of worth by cost; the last segment in part. Ties stay in their order."""
    order = _order(offers)
    most, cost = offers.most[order], offers.cost[order]
    whole = most * cost
    paid_before = np.concatenate(([0.0], np.cumsum(whole)[:-1])) if len(order) else whole
    share = np.ones(len(order))
    np.divide(np.clip(budget - paid_before, 0, whole), whole, out=share, where=whole > 0)
    reached = most * share
    bought = reached > 0
    left = np.flatnonzero(share < 1)
    marginal = float(offers.worth[order[left[0]]] / cost[left[0]]) if len(left) else 0.0
    return Allocation(order[bought], reached[bought], marginal)


def courses_of_budgets(offers: Offers, budgets: Numbers) -> Numbers:
    """Gives the most courses that each of `budgets` buys: concave, from what is free to what all segments bring."""
    order = _order(offers)
    whole, brought = (offers.most * offers.cost)[order], (offers.most * offers.worth)[order]
    free = whole == 0
    spent = np.concatenate(([0.0], np.cumsum(whole[~free])))
    courses = brought[free].sum() + np.concatenate(([0.0], np.cumsum(brought[~free])))
    found: Numbers = np.interp(budgets, spent, courses)
    return found


def _order(offers: Offers) -> Ints:
    by_cost = np.full(len(offers.worth), np.inf)
    np.divide(offers.worth, offers.cost, out=by_cost, where=offers.cost > 0)
    return np.argsort(-by_cost, kind="stable")
