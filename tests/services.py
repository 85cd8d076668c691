"""A pytest plugin: the suite's own PostgreSQL and Redis, started before Django reads its settings.

They live in `.data/test`, apart from those of `make run`. With DATABASE_URL or REDIS_URL set, those servers are used.
"""

import os
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The many processes of the tests compile the product once, also where nobody wants compiled code beside it.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(ROOT / ".data" / "test" / "compiled")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    del os.environ["PYTHONDONTWRITEBYTECODE"]
os.environ["DATA_DIR"] = str(ROOT / ".data" / "test")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
os.environ["LOG_LEVEL"] = "WARNING"
# The profiler has tests of its own.
os.environ["SILK_SHARE"] = "0"
# Nor is it a matter of how full the developer's disk is.
os.environ["DISK_RESERVE"] = "0"
# All tests share one address; the tests of the limits set their own.
os.environ["RATE_LIMIT_ANONYMOUS"] = "0"
os.environ["SIGN_IN_FAILURES_PER_MINUTE"] = "0"
# Processes that test at the same time share a Redis and must not take each other's messages.
os.environ["CELERY_KEY_PREFIX"] = f"test-{os.getpid()}:"

from config import env
from config.embedded import ensure
from config.embedded.postgres_client import connect

env.DATA_DIR.mkdir(parents=True, exist_ok=True)
SESSION = ensure(env.DATA_DIR, postgres=env.DATABASE_URL is None, redis=env.REDIS_URL is None)
if env.DATABASE_URL is None:
    with closing(connect(SESSION.layout)) as superuser, superuser.cursor() as cursor:
        # Nothing that the tests commit has to outlive a fault of the machine.
        cursor.execute("ALTER SYSTEM SET fsync TO off")
        cursor.execute("SELECT pg_reload_conf()")
