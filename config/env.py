"""The one reader of the environment: every variable that the product knows, with its type and its default.

A variable `NAME` may also be given as `NAME_FILE`, the path of a file that holds the value.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from environ.fileaware_mapping import FileAwareMapping

ROOT = Path(__file__).resolve().parent.parent


class _Trimmed(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """Values without the line break at a file's end, which editors and `echo` write."""

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key)
        return value.rstrip("\r\n")


_env = environ.Env()
_env.ENVIRON = _Trimmed()


def _blank(name: str) -> bool:
    return not _env.str(name, default="").strip()


# Where the embedded services keep their data, and the address that the web server listens on.
DATA_DIR: Path = Path(_env.str("DATA_DIR", default=str(ROOT / ".data"))).expanduser().absolute()
HOST: str = _env.str("HOST", default="127.0.0.1")
PORT: int = _env.int("PORT", default=8000)

# Servers of one's own. Unset or blank: the embedded ones.
DATABASE_URL: str | None = None if _blank("DATABASE_URL") else _env.str("DATABASE_URL")
REDIS_URL: str | None = None if _blank("REDIS_URL") else _env.str("REDIS_URL")

# Django's own.
SECRET_KEY: str | None = None if _blank("SECRET_KEY") else _env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = _env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = _env.list("CSRF_TRUSTED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS: list[str] = _env.list("CORS_ALLOWED_ORIGINS", default=[])
TRUSTED_PROXIES: int = _env.int("TRUSTED_PROXIES", default=0)
# Strict-Transport-Security: for how long browsers come by HTTPS only; 0 while that is being tried out.
HSTS_SECONDS: int = _env.int("HSTS_SECONDS", default=365 * 24 * 3600)
HSTS_INCLUDE_SUBDOMAINS: bool = _env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
HSTS_PRELOAD: bool = _env.bool("HSTS_PRELOAD", default=True)
# Read to be refused: tracebacks go to the log.
DEBUG: bool = _env.bool("DEBUG", default=False)
LOG_LEVEL: str = _env.str("LOG_LEVEL", default="INFO")

# Who scrapes metrics from another machine sends this; blank: nobody does.
METRICS_TOKEN: str = _env.str("METRICS_TOKEN", default="")
# Where a worker serves its own metrics; port 0: nowhere.
METRICS_HOST: str = _env.str("METRICS_HOST", default="127.0.0.1")
METRICS_PORT: int = _env.int("METRICS_PORT", default=0)
# The folder in which the processes of one machine count together; unset: the web server makes one of its own.
METRICS_DIR: str = _env.str("PROMETHEUS_MULTIPROC_DIR", default="")
# A file that a worker or beat touches while it is alive, for the health check of its container; blank: none.
HEARTBEAT_PATH: str = _env.str("HEARTBEAT_PATH", default="")

# Web server.
WEB_WORKERS: int = _env.int("WEB_WORKERS", default=2)
WEB_THREADS: int = _env.int("WEB_THREADS", default=8)

# Work in the background. All programs that share a Redis and are one installation have the same prefix.
CELERY_KEY_PREFIX: str = _env.str("CELERY_KEY_PREFIX", default="demanda:")
# Seconds until an unfinished message is handed out again; longer than any task may take.
CELERY_VISIBILITY_TIMEOUT: int = _env.int("CELERY_VISIBILITY_TIMEOUT", default=1800)
# Seconds that a worker waits for an answer of Redis before it connects anew.
CELERY_SOCKET_TIMEOUT: float = _env.float("CELERY_SOCKET_TIMEOUT", default=30.0)
# Seconds that work waits whose worker died, before the sweeper hands it to another.
LEASE_SECONDS: float = _env.float("LEASE_SECONDS", default=60.0)
# Days that the raw body of a delivery is kept once it is loaded; 0: it goes at once.
IMPORT_BODY_DAYS: int = _env.int("IMPORT_BODY_DAYS", default=7)

# Limits of the API.
RATE_LIMIT_TOKEN: int = _env.int("RATE_LIMIT_TOKEN", default=20_000)
RATE_LIMIT_ANONYMOUS: int = _env.int("RATE_LIMIT_ANONYMOUS", default=600)
IMPORT_MAX_BYTES: int = _env.int("IMPORT_MAX_BYTES", default=64 * 1024 * 1024)
AIRPORTS_MAX_BYTES: int = _env.int("AIRPORTS_MAX_BYTES", default=200 * 1024 * 1024)
IMPORT_MAX_CITIZENS: int = _env.int("IMPORT_MAX_CITIZENS", default=10_000)


def parse_database_url(url: str) -> dict[str, Any]:
    """A Django database dictionary for `postgres://user:password@host:port/name`; a host may be the folder of a
    unix socket, `%2Fvar%2Frun%2Fpostgresql`.

    Raises `ValueError` for any other kind of database: the product is written for PostgreSQL.
    """
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ValueError("DATABASE_URL must be a postgres:// address.")
    # The folder of a unix socket is written as a host with escaped slashes.
    return config | {"HOST": unquote(config.get("HOST") or "")}
