"""How far a count may be off by chance alone. Knows no database."""

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95

Numbers = NDArray[np.float64]


def poisson_interval(counts: Numbers, *, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """The exact interval of the mean of which each of `counts` is one draw: its lower and upper ends.

    F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936), pp. 437-442: quantiles of Gamma
    distributions with the shapes `count` and `count + 1`. It covers the mean in at least `confidence` of all cases,
    whatever the mean is. The lower end of no event is 0.
    """
    # Imported here: 0.15 s that commands and workers, which rank nothing, need not spend. The web server has it.
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    # The Gamma distribution has no shape 0: the place is filled with 1 and then emptied.
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1), tail), 0.0)
    return low, gammaincinv(counts + 1, 1 - tail)


def clustered_interval(courses: Numbers, buyers: Numbers, *, courses_per_buyer: float) -> tuple[Numbers, Numbers]:
    """The interval of the mean of which each of `courses` is one draw, where they come by the handful.

    Courses of one resident are no separate events: one person with eleven relatives is one chance, not eleven. So it is
    the buyers whose number is a Poisson draw, each with as many courses as the buyers of the group have on average
    (`courses_per_buyer` where it has none): `poisson_interval` of the buyers, times that. With one course a buyer it is
    the interval of the courses themselves. How much buyers differ is not known here; where they differ greatly it is
    somewhat narrow.
    """
    low, high = poisson_interval(buyers)
    each = np.where(buyers > 0, courses / np.maximum(buyers, 1), courses_per_buyer)
    return low * each, high * each
