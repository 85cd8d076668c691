"""The application server's settings, in `make run` and in production: threads for requests that wait for the database.

It stands behind a front (docker/front), which meets the callers: no head and no small body is waited for here.
"""

import gc
import os
from pathlib import Path
from typing import Any

from config import env, metrics_folder

bind = [env.ADDRESS]
worker_class = "config.gunicorn_worker.ProblemWorker"
workers = env.WEB_WORKERS
threads = env.WEB_THREADS
# The application is imported once, before the fork: a start costs one import, and the workers share its memory.
preload_app = True

# A worker that says nothing for this long is replaced. Its threads do not count: a long stream is no silence.
timeout = 120
# A stop takes no longer, and `make run` promises to be gone within 10 seconds.
graceful_timeout = 4
# Longer than the front keeps a connection that nobody uses, so that it is the one who closes.
keepalive = 15

limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# Whether the X-Forwarded headers are believed. Without a proxy of one's own anyone may write them.
forwarded_allow_ips = "*" if env.TRUSTED_PROXIES else ""

# Requests are logged by the application, with their ids and without personal data.
accesslog = None
logger_class = "config.gunicorn_worker.WithholdingLogger"
loglevel = env.LOG_LEVEL.lower()
control_socket_disable = True
# The heartbeat of the workers must not wait for a disk.
memory = Path("/dev/shm")  # noqa: S108 # nosec B108 # gunicorn makes its files there with random names, and unlinks them at once
in_memory = memory if os.access(memory, os.W_OK) else None
if in_memory:
    worker_tmp_dir = str(in_memory)

# After so many new objects the collector looks at these; after as many such looks at the older ones, and at all.
_COLLECTOR = (20_000, 10, 50)

# Where nobody names a folder for the metrics, this server has its own, made before the application is imported.
_own_folder = None if env.METRICS_DIR else metrics_folder.make_private(in_memory)


def when_ready(server: Any) -> None:
    """Has the collector leave alone what the workers share, and look seldom at what they remember.

    It looks through all of it with every few requests else, for a tenth of a second where a hundred thousand groups are
    remembered. What requests leave behind in circles is found by its quick looks at what is new.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR)


def child_exit(server: Any, worker: Any) -> None:
    """What a dead worker had under way is not under way any more."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # untyped there


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    if _own_folder is not None:
        metrics_folder.remove(_own_folder)
