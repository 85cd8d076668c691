"""What is counted of replicas."""

from prometheus_client import Counter, Gauge

from config.common.observe.metrics.families import COUNTED

LAG = Gauge(
    "demanda_replica_lag_seconds",
    "Of so many seconds a replica may lack what was stored.",
    ("replica",),
    multiprocess_mode="livemax",
    registry=COUNTED,
)
# `because`: fresh; or of the primary late, newer (the caller has seen more), unknown (Redis is away), refused
# (the replica lacks it, or there was something to write), failed.
READS = Counter(
    "demanda_replica_reads",
    "Reads that a replica may answer, by who answered them and why.",
    ("database", "because"),
    registry=COUNTED,
)
