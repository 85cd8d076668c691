"""The one reader of the environment: every variable that the product knows, with its type and its default.

A variable `NAME` may also be given as `NAME_FILE`, the path of a file that holds the value.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import environ
from environ.fileaware_mapping import FileAwareMapping

ROOT = Path(__file__).resolve().parent.parent


class _Trimmed(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """Values without the line break at a file's end, which editors and `echo` write."""

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key)
        return value.rstrip("\r\n")


class _Checked(environ.Env):  # type: ignore[misc]  # same
    """Ends the program with a sentence where a number is none: no program can go on with it."""

    def get_value(self, var: str, cast: Any = None, *arguments: Any, **options: Any) -> Any:
        try:
            return super().get_value(var, cast, *arguments, **options)
        except ValueError:
            raise SystemExit(f"{var}={self.ENVIRON[var]} is no {_NUMBERS[cast]}.") from None


_NUMBERS = {int: "whole number", float: "number"}
_env = _Checked()
_env.ENVIRON = _Trimmed()


def _blank(name: str) -> bool:
    return not _env.str(name, default="").strip()


# Where the embedded services keep their data, and the address that the web server listens on.
DATA_DIR: Path = Path(_env.str("DATA_DIR", default=str(ROOT / ".data"))).expanduser().absolute()
HOST: str = _env.str("HOST", default="127.0.0.1")
PORT: int = _env.int("PORT", default=8000)
# As it is written in a URL.
ADDRESS: str = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
# Of a web service: where it answers for its health, and for how long it is waited for before it is replaced.
HEALTH_PORT: int = _env.int("HEALTH_PORT", default=8001)
DRAIN_SECONDS: float = _env.float("DRAIN_SECONDS", default=3700.0)

# Servers of one's own. Unset or blank: the embedded ones.
DATABASE_URL: str | None = None if _blank("DATABASE_URL") else _env.str("DATABASE_URL")
# Past a pooler that DATABASE_URL leads to: for what needs a session of its own. Unset: there is no pooler.
DATABASE_SESSION_URL: str | None = None if _blank("DATABASE_SESSION_URL") else _env.str("DATABASE_SESSION_URL")
REDIS_URL: str | None = None if _blank("REDIS_URL") else _env.str("REDIS_URL")
# Copies of the database that stream from it, comma-separated: questions and streams are read there by whoever does not
# have to see more, as long as they are not farther behind than so many seconds.
DATABASE_REPLICA_URLS: list[str] = _env.list("DATABASE_REPLICA_URLS", default=[])
DATABASE_REPLICA_LAG_SECONDS: float = _env.float("DATABASE_REPLICA_LAG_SECONDS", default=5.0)

# A folder on the database's file system, where its own server is not the embedded one; unset: nobody knows how much
# room is left. Deliveries leave so many bytes of it free (unset: 1 GiB, or 5 % of a disk below 20 GiB).
DATABASE_DISK: Path | None = None if _blank("DATABASE_DISK") else Path(_env.str("DATABASE_DISK"))
DISK_RESERVE: int | None = None if _blank("DISK_RESERVE") else _env.int("DISK_RESERVE")

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

# Signing in. Whether people need a second factor, `required` or `optional` (unset: required in production only), and
# when a session ends: so many seconds after its last use, and so many after the sign-in.
SECOND_FACTOR: str = _env.str("SECOND_FACTOR", default="").strip()
SESSION_IDLE_SECONDS: int = _env.int("SESSION_IDLE_SECONDS", default=3600)
SESSION_SECONDS: int = _env.int("SESSION_SECONDS", default=12 * 3600)
# Wrong passwords and codes from an address in a minute, after which it waits for the next; 0: any number.
SIGN_IN_FAILURES_PER_MINUTE: int = _env.int("SIGN_IN_FAILURES_PER_MINUTE", default=10)
# Hours that a link to set a password is good for: an invitation, a forgotten password.
PASSWORD_LINK_HOURS: int = _env.int("PASSWORD_LINK_HOURS", default=72)
# Days that an API token lives when whoever makes it does not say.
API_TOKEN_DAYS: int = _env.int("API_TOKEN_DAYS", default=365)

# Where mail goes: `smtp+tls://user:password@host:587`, `smtp+ssl://…:465`, `smtp://host`, `filemail:///FOLDER`,
# `consolemail://`. Unset: a file for each mail in the data folder, for a machine without a mail server.
EMAIL_URL: str = f"filemail:///{quote(str(DATA_DIR / 'mail'))}" if _blank("EMAIL_URL") else _env.str("EMAIL_URL")
EMAIL_FROM: str = _env.str("EMAIL_FROM", default="Demanda <demanda@localhost>")

# Whether webhooks may lead into private networks, and by http; days that events, and what was sent of them, are kept.
WEBHOOKS_MAY_BE_PRIVATE: bool = _env.bool("WEBHOOKS_MAY_BE_PRIVATE", default=False)
EVENTS_KEPT_DAYS: int = _env.int("EVENTS_KEPT_DAYS", default=30)

# Kafka, off until an address is set: `host:port`, comma-separated. How to get in: PLAINTEXT, SSL, SASL_PLAINTEXT or
# SASL_SSL; the mechanism is PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; locations are files of PEM.
KAFKA_BOOTSTRAP_SERVERS: str = _env.str("KAFKA_BOOTSTRAP_SERVERS", default="").strip()
KAFKA_SECURITY_PROTOCOL: str = _env.str("KAFKA_SECURITY_PROTOCOL", default="PLAINTEXT").strip()
KAFKA_SASL_MECHANISM: str = _env.str("KAFKA_SASL_MECHANISM", default="SCRAM-SHA-512").strip()
KAFKA_SASL_USERNAME: str = _env.str("KAFKA_SASL_USERNAME", default="")
KAFKA_SASL_PASSWORD: str = _env.str("KAFKA_SASL_PASSWORD", default="")
KAFKA_SSL_CA_LOCATION: str = _env.str("KAFKA_SSL_CA_LOCATION", default="").strip()
KAFKA_SSL_CERTIFICATE_LOCATION: str = _env.str("KAFKA_SSL_CERTIFICATE_LOCATION", default="").strip()
KAFKA_SSL_KEY_LOCATION: str = _env.str("KAFKA_SSL_KEY_LOCATION", default="").strip()
KAFKA_SSL_KEY_PASSWORD: str = _env.str("KAFKA_SSL_KEY_PASSWORD", default="")
# What its names begin with: those of topics, the group of the consumers, the transactions of the relay.
KAFKA_PREFIX: str = _env.str("KAFKA_PREFIX", default="demanda.").strip()
# Of topics that are made: partitions, copies, copies that must have a message before it counts (2 of 3; 1 of 1 where
# there is a single broker), and hours that messages are kept.
KAFKA_PARTITIONS: int = _env.int("KAFKA_PARTITIONS", default=6)
KAFKA_REPLICATION: int = _env.int("KAFKA_REPLICATION", default=3)
KAFKA_MIN_INSYNC_REPLICAS: int = _env.int("KAFKA_MIN_INSYNC_REPLICAS", default=2)
KAFKA_RETENTION_HOURS: int = _env.int("KAFKA_RETENTION_HOURS", default=168)
# Seconds of silence after which a consumer's partitions go to another, and a transaction is given up by the broker.
KAFKA_SESSION_SECONDS: int = _env.int("KAFKA_SESSION_SECONDS", default=45)
KAFKA_TRANSACTION_SECONDS: int = _env.int("KAFKA_TRANSACTION_SECONDS", default=60)

# What an operator sees. The share of requests that the profiler records, 0 to 1 (unset: a tenth in `make run`, all in
# `make dev`, none in production); how many days and how many requests it keeps.
SILK_SHARE: float | None = None if _blank("SILK_SHARE") else _env.float("SILK_SHARE")
SILK_DAYS: int = _env.int("SILK_DAYS", default=7)
SILK_MAX_REQUESTS: int = _env.int("SILK_MAX_REQUESTS", default=10_000)

# Where errors are reported to; blank: nowhere. What a report says of its origin (blank: the version of this code); the
# share of requests and tasks whose durations are reported too, 0 to 1.
SENTRY_DSN: str | None = None if _blank("SENTRY_DSN") else _env.str("SENTRY_DSN")
SENTRY_ENVIRONMENT: str = _env.str("SENTRY_ENVIRONMENT", default="production")
SENTRY_RELEASE: str = _env.str("SENTRY_RELEASE", default="")
SENTRY_TRACES: float = _env.float("SENTRY_TRACES", default=0.0)

# Who scrapes metrics from another machine sends this; blank: nobody does.
METRICS_TOKEN: str = _env.str("METRICS_TOKEN", default="")
# Where a worker serves its own metrics; port 0: nowhere.
METRICS_HOST: str = _env.str("METRICS_HOST", default="127.0.0.1")
METRICS_PORT: int = _env.int("METRICS_PORT", default=0)
# The folder in which the processes of one machine count together; unset: the web server makes one of its own.
METRICS_DIR: str = _env.str("PROMETHEUS_MULTIPROC_DIR", default="").strip()
if not METRICS_DIR:
    # prometheus_client, which looks for itself, takes a blank name for the current folder.
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
# A file that a worker or beat touches while it is alive, for the health check of its container; blank: none.
HEARTBEAT_PATH: str = _env.str("HEARTBEAT_PATH", default="")

# Web server.
WEB_WORKERS: int = _env.int("WEB_WORKERS", default=2)
WEB_THREADS: int = _env.int("WEB_THREADS", default=8)
# Seconds that a streamed answer may take, and a single piece (some 400 kB at most) of it, once the front can keep no
# more of it. Then it is cut off: a reader who stands still would keep a thread, and a transaction, for ever.
ANSWER_SECONDS: float = _env.float("ANSWER_SECONDS", default=600.0)
ANSWER_STALL_SECONDS: float = _env.float("ANSWER_STALL_SECONDS", default=60.0)

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
# Months after which the residents of a delivery are erased, whether or not a newer one came; 0: never.
IMPORT_RETENTION_MONTHS: int = _env.int("IMPORT_RETENTION_MONTHS", default=0)
# Days that it is kept who read which residents; 0: for ever.
READ_AUDIT_DAYS: int = _env.int("READ_AUDIT_DAYS", default=365)

# Limits of the API.
RATE_LIMIT_TOKEN: int = _env.int("RATE_LIMIT_TOKEN", default=20_000)
RATE_LIMIT_ANONYMOUS: int = _env.int("RATE_LIMIT_ANONYMOUS", default=600)
IMPORT_MAX_BYTES: int = _env.int("IMPORT_MAX_BYTES", default=64 * 1024 * 1024)
AIRPORTS_MAX_BYTES: int = _env.int("AIRPORTS_MAX_BYTES", default=200 * 1024 * 1024)
IMPORT_MAX_CITIZENS: int = _env.int("IMPORT_MAX_CITIZENS", default=10_000)
# Whether a delivery may name a source that nobody has added; else it is refused.
IMPORT_NEW_SOURCES: bool = _env.bool("IMPORT_NEW_SOURCES", default=True)
# Whether a delivery by the API that takes away more than a tenth of its source's residents waits for approval.
IMPORT_HOLD_LOSSES: bool = _env.bool("IMPORT_HOLD_LOSSES", default=False)
# Whether a delivery that staff load in the admin gets the corrections of the one that it replaces without being asked.
IMPORT_CARRY_CORRECTIONS: bool = _env.bool("IMPORT_CARRY_CORRECTIONS", default=False)
# How long a resident's lists may be. What is stored with more stays as it is and can become less.
CITIZEN_MAX_RELATIVES: int = _env.int("CITIZEN_MAX_RELATIVES", default=1_000)
CITIZEN_MAX_FRIENDS: int = _env.int("CITIZEN_MAX_FRIENDS", default=1_000)
# Deliveries for the background that are larger have a task of their own, so many at a time on all machines.
IMPORT_LARGE_BYTES: int = _env.int("IMPORT_LARGE_BYTES", default=16 * 1024 * 1024)
IMPORT_LARGE_AT_ONCE: int = _env.int("IMPORT_LARGE_AT_ONCE", default=1)
# What a compressed stream may unpack to: so many bytes, and so many times its own size.
STREAM_MAX_BYTES: int = _env.int("STREAM_MAX_BYTES", default=16 * 1024 * 1024 * 1024)
STREAM_MAX_RATIO: int = _env.int("STREAM_MAX_RATIO", default=200)
# How long a body may take: in all, and so many bytes a second over so many seconds of waiting for it.
BODY_SECONDS: float = _env.float("BODY_SECONDS", default=3600.0)
BODY_MIN_RATE: int = _env.int("BODY_MIN_RATE", default=500)
BODY_RATE_SECONDS: float = _env.float("BODY_RATE_SECONDS", default=30.0)


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


def parse_email_url(url: str) -> dict[str, Any]:
    """Django's settings of a mail backend, with the port that is usual where `url` names none.

    Raises `ImproperlyConfigured` for a scheme that is none.
    """
    config: dict[str, Any] = environ.Env.email_url_config(url)
    usual = 465 if config.get("EMAIL_USE_SSL") else 587 if config.get("EMAIL_USE_TLS") else 25
    return config | {"EMAIL_PORT": config["EMAIL_PORT"] or usual}
