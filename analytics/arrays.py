"""Names the types of arrays."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Whole numbers too: doubles are exact to 2^53, far beyond any people.
Numbers = NDArray[np.float64]
