"""Work in the background: Celery, its queues, its broker and its schedules."""

from urllib.parse import parse_qs, urlsplit

from kombu import Exchange, Queue

from config import env

# `urgent`: people wait for it. `bulk`: nobody does, and it may take long. `default`: the rest.
BACKGROUND_QUEUES = ("urgent", "default", "bulk")

LEASE_SECONDS = env.LEASE_SECONDS


def broker_url(redis_url: str) -> str:
    """Celery's name of a Redis: it calls a unix socket `redis+socket` and a database `virtual_host`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    sign_in = f"{parts.netloc}" if parts.netloc else ""
    database = parse_qs(parts.query).get("db", [""])[0]
    return f"redis+socket://{sign_in}{parts.path}" + (f"?virtual_host={database}" if database else "")


_exchange = Exchange("demanda", type="direct")
CELERY_TASK_QUEUES = tuple(Queue(name, _exchange, routing_key=name) for name in BACKGROUND_QUEUES)
CELERY_TASK_ROUTES = ("config.common.background.policy.route",)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_DEFAULT_EXCHANGE = "demanda"
CELERY_TASK_DEFAULT_ROUTING_KEY = "default"
# A misspelt queue is an error, not a queue without a worker.
CELERY_TASK_CREATE_MISSING_QUEUES = False

CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_EVENT_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# Outcomes are rows of the product, never Celery's.
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None

# A message is done when its task is. A lost child's task is sent again, with the limit of its retries.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# Nobody holds messages that another worker could start on.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# KiB; a child that has grown further is replaced after its task.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
# Seconds that a stopping worker (SIGTERM with REMAP_SIGTERM=SIGQUIT) leaves its tasks; then they go back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": env.CELERY_KEY_PREFIX,
    "visibility_timeout": env.CELERY_VISIBILITY_TIMEOUT,
    "socket_timeout": env.CELERY_SOCKET_TIMEOUT,
    "socket_connect_timeout": 5.0,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1}

CELERY_BEAT_SCHEDULER = "config.common.background.beat:Scheduler"
# Tasks after which beat writes down what it sent when: a second one that takes over must not send it again.
CELERY_BEAT_SYNC_EVERY = 1
