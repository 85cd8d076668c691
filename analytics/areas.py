"""Groups that are put together to areas: what their pairs and the model's rates become.

Knows no database. Counts and squares add up; what pairs reach from one group to another does not say to which one.
"""

import numpy as np

from analytics.arrays import Ints, Numbers
from analytics.expectation import Model
from analytics.intervals import Pairs


def summed(values: Numbers | Ints, of_area: Ints, areas: int) -> Numbers:
    """Adds up over the groups of each area. `of_area`: the area of each group, from 0."""
    return np.bincount(of_area, values, areas).astype(np.float64)


def pairs_of_areas(inside: Pairs, reaching: Pairs, courses: Numbers, of_area: Ints, areas: int) -> tuple[Pairs, Pairs]:
    """Gives the pairs within each area, and of one of it and one of all groups.

    Those that reach from a group to others are shared among the others by their courses, as `read_spread` shares them
    among the groups: so many of them end in another group of the area. An area of one group has what the group has,
    and the area of all groups has all pairs.
    """
    elsewhere = courses.sum() - courses
    here = summed(courses, of_area, areas)[of_area] - courses
    share = np.divide(here, elsewhere, out=np.zeros(len(courses)), where=elsewhere > 0)
    within, beyond = [], []
    for name in Pairs.__slots__:
        inner, every = getattr(inside, name), getattr(reaching, name)
        within.append(summed(inner + share * (every - inner), of_area, areas))
        beyond.append(summed(every, of_area, areas))
    return Pairs(*within), Pairs(*beyond)


def model_of_areas(model: Model, residents: Numbers, of_area: Ints, areas: int) -> Model:
    """Gives what a model has for each area: the mean of its groups' indexes, by residents. How far it may be off is
    theirs by what is foreseen of each, as if they were off together, which errs on the careful side."""
    foreseen = residents * model.rates
    total = summed(foreseen, of_area, areas)
    off = summed(foreseen * model.variance, of_area, areas)
    variance = np.divide(off, total, out=np.zeros(areas), where=total > 0)
    return Model(total / summed(residents, of_area, areas), variance)
