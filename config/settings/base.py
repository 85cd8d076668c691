"""What is the same everywhere. Nothing here reads the environment but through `config.env`."""

from typing import Any

from config import env
from config.common.db.sessions import SESSION
from config.settings.airports import *  # noqa: F403 - the settings of the airports
from config.settings.analytics import *  # noqa: F403 - the settings of the counting
from config.settings.api import *  # noqa: F403 - the settings of the API, in a room of their own
from config.settings.background import *  # noqa: F403 - the settings of workers and schedules
from config.settings.events import *  # noqa: F403 - the settings of events and webhooks
from config.settings.kafka import *  # noqa: F403 - the settings of Kafka
from config.settings.languages import *  # noqa: F403 - the settings of languages, formats and time zones
from config.settings.logs import *  # noqa: F403 - the settings of the logs
from config.settings.mail import *  # noqa: F403 - the settings of the mail
from config.settings.pages import *  # noqa: F403 - the settings of what people see in a browser
from config.settings.profiling import *  # noqa: F403 - the settings of the profiler
from config.settings.sign_in import *  # noqa: F403 - the settings of signing in

ROOT = env.ROOT
# Tracebacks go to the log, never to a caller, on a developer's machine as well.
DEBUG = False

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "corsheaders",
    "csp",
    "django_celery_beat",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "silk",
    "simple_history",
    "config.apps.WiringConfig",
    "config.common.observe",
    "config.common.changes",
    "config.common.background",
    "config.common.accounts",
    "config.common.idempotency",
    "config.common.privacy",
    "config.common.events",
    "config.common.kafka",
    "config.common.saved_views",
    "config.common.wizard",
    "airports",
    "imports",
    "analytics",
]

MIDDLEWARE = [
    # Outermost: every response carries the request's id, whoever made it.
    "config.common.http.middleware.request_id.RequestIdMiddleware",
    # Around all that answers, refusals of other middleware included.
    "config.common.http.caching.NoStoreMiddleware",
    "config.common.accounts.sign_in.locale.LocaleMiddleware",
    "config.common.observe.metrics.requests.MetricsMiddleware",
    "config.common.observe.middleware.LogMiddleware",
    "config.common.http.front.HeadCheckMiddleware",
    "config.common.http.middleware.head.HeadMiddleware",
    "config.common.http.streams.StreamMiddleware",
    "config.common.http.middleware.bodies.ChunkedBodyMiddleware",
    # Before whatever looks at the name of the host.
    "config.common.http.hosts.ProbeHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.common.http.middleware.policies.CorsHeadersMiddleware",
    "config.common.http.middleware.policies.ContentSecurityMiddleware",
    "config.common.http.middleware.methods.MethodsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.common.accounts.sign_in.sessions.SessionUserMiddleware",
    "config.common.accounts.sign_in.door.DoorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.common.replicas.middleware.FloorMiddleware",
    "config.common.http.middleware.bodies.NulMiddleware",
    "config.common.http.middleware.bodies.BrokenBodyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True  # for the admin; no API URL has one to append

# Of Knox only the abstract model is used: its own table is swapped for `accounts.ApiToken` and must not be made.
MIGRATION_MODULES = {"knox": None}

# History is read by object, not by moment: one index less to write in an upload.
SIMPLE_HISTORY_DATE_INDEX = False

TRUSTED_PROXIES = env.TRUSTED_PROXIES
DISK_RESERVE = env.DISK_RESERVE
# Their names among the DATABASES.
DATABASE_REPLICAS = [f"replica{number}" for number, _ in enumerate(env.DATABASE_REPLICA_URLS, 1)]
DATABASE_REPLICA_LAG_SECONDS = env.DATABASE_REPLICA_LAG_SECONDS
METRICS_TOKEN = env.METRICS_TOKEN
WEB_WORKERS = env.WEB_WORKERS
WEB_THREADS = env.WEB_THREADS

CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.common.http.error_pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.CSRF_TRUSTED_ORIGINS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []


# What finds a server whose machine fell silent, in seconds and milliseconds, also where nobody has a watchdog: the
# kernel would send on for a quarter of an hour.
_SILENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def databases(url: str | None, session_url: str | None) -> dict[str, Any]:
    """The database and its replicas; with `session_url`, `url` is that of a pooler, whose sessions are shared by
    transaction.

    Few threads need a session, and each for a moment: its connection ends with the request.
    """
    found = {"default": database(url)}
    if session_url is not None:
        found["default"]["POOLED"] = True
        found[SESSION] = database(session_url) | {"CONN_MAX_AGE": 0}
    replicas = zip(DATABASE_REPLICAS, env.DATABASE_REPLICA_URLS, strict=True)
    # The suite makes no database of theirs.
    mirror = {"TEST": {"MIRROR": "default"}}
    return found | {name: database(url) | mirror for name, url in replicas}


def database(url: str | None) -> dict[str, Any]:
    """The database at `url`, or the embedded one of this DATA_DIR when there is no `url`."""
    if url is not None:
        config = dict(env.parse_database_url(url))
    else:
        from config.embedded import layout

        place = layout(env.DATA_DIR)
        config = {
            "HOST": str(place.socket_dir),
            "PORT": str(place.postgres_port),
            "USER": place.user,
            "PASSWORD": place.password(),
            "NAME": place.database,
        }
    # A connection lives as long as its thread; a check before its first use in a request replaces a dead one.
    config |= {"ENGINE": "config.common.db.postgresql", "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    config["OPTIONS"] = _SILENCE | config.get("OPTIONS", {})
    return config
