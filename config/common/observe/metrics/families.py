"""The registry that every counter and histogram of the product belongs to."""

from prometheus_client import CollectorRegistry, values

COUNTED = CollectorRegistry()

# Whether processes write into files of a common folder, PROMETHEUS_MULTIPROC_DIR. prometheus_client decides it once,
# when it is imported.
ADDS_UP_PROCESSES: bool = values.ValueClass is not values.MutexValue
