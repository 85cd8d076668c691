"""For trying and developing: `make run`. The embedded services, plain HTTP on this machine."""

from config import env
from config.embedded import layout
from config.settings.base import *  # noqa: F403 - a settings module is its base and what differs

DATABASES = databases(env.DATABASE_URL, env.DATABASE_SESSION_URL)  # noqa: F405
DATABASE_DISK = env.DATABASE_DISK or (layout(env.DATA_DIR).postgres_data if env.DATABASE_URL is None else None)
SECRET_KEY = env.SECRET_KEY or layout(env.DATA_DIR).secret_key()
ALLOWED_HOSTS = env.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
REDIS_URL = env.REDIS_URL or f"unix://{layout(env.DATA_DIR).redis_socket}"
CELERY_BROKER_URL = broker_url(REDIS_URL)  # noqa: F405

# A tenth: the map of hotspots fills while somebody tries the product, and nobody notices the cost.
SILK_SHARE = 0.1 if env.SILK_SHARE is None else env.SILK_SHARE
MIDDLEWARE = with_profiler(MIDDLEWARE, SILK_SHARE)  # noqa: F405

# Static files come straight from the packages: nothing to collect before the first start.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
