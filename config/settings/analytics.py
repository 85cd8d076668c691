"""The counting of demand."""

# The first age of each age group, in full years, and the size below which a segment is merged for callers who may not
# see residents. Staff may change both (`analytics.DemandSettings`); these hold until they do.
AGE_BOUNDS = (0, 18, 25, 35, 45, 55, 65)
SMALL_SEGMENT = 5
# Whether servers and workers load before they fork what only some of their work needs: the names of all cities, scipy.
PRELOAD = True
