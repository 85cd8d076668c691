"""What the index was ranked by before: buyers as independent draws."""

import numpy as np
from scipy.special import gammaincinv

from tests.simulations.worlds import Floats


def poissons_lower_end(residents: Floats, courses: Floats, buyers: Floats) -> Floats:
    """The lower end of the 95 % interval of the courses of a resident, if the number of buyers were a Poisson draw.

    F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936), pp. 437-442.
    """
    least = np.where(buyers > 0, gammaincinv(np.maximum(buyers, 1), 0.025), 0)
    low: Floats = least * courses / np.maximum(buyers, 1) / residents
    return low
