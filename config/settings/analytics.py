"""The counting of demand."""

# The first age of each age group, in full years, and the size below which a segment is merged for callers who may not
# see residents. Staff may change both (`analytics.DemandSettings`); these hold until they do.
AGE_BOUNDS = (0, 18, 25, 35, 45, 55, 65)
SMALL_SEGMENT = 5
# Whether a worker that places towns reads the names of all cities at its start.
WORKERS_KNOW_CITIES = True
