"""For real use: servers of one's own, TLS in front, nothing with a default secret."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *  # noqa: F403 - a settings module is its base and what differs
from config.settings.logs import logging_config
from config.settings.secrets import refuse_weak_secrets

for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS"):
    # A text or a list of texts; blank ones say nothing.
    if not "".join(getattr(env, name) or "").strip():
        raise ImproperlyConfigured(f"{name} must be set in production (or {name}_FILE).")
if any("*" in name or name.strip() in {"", "."} for name in env.ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts, not '*'.")
if env.DEBUG:
    raise ImproperlyConfigured("DEBUG is never on: tracebacks are in the log.")
if env.DATABASE_DISK is not None and not env.DATABASE_DISK.is_dir():
    raise ImproperlyConfigured("DATABASE_DISK must be a folder on the database's file system, or unset.")
refuse_weak_secrets()

SECRET_KEY = env.SECRET_KEY
ALLOWED_HOSTS = env.ALLOWED_HOSTS
REDIS_URL = env.REDIS_URL
CELERY_BROKER_URL = broker_url(str(REDIS_URL))  # noqa: F405
DATABASES = databases(env.DATABASE_URL, env.DATABASE_SESSION_URL)  # noqa: F405
DATABASE_DISK = env.DATABASE_DISK

# Nothing is recorded until SILK_SHARE says how much.
MIDDLEWARE = with_profiler(MIDDLEWARE, SILK_SHARE)  # noqa: F405

SECOND_FACTOR = env.SECOND_FACTOR or "required"
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.TRUSTED_PROXIES else None
# Whoever asks for these asks this machine, not the site; the metrics want a token from others.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = env.HSTS_SECONDS
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.HSTS_INCLUDE_SUBDOMAINS
SECURE_HSTS_PRELOAD = env.HSTS_PRELOAD
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

# Filled by `manage.py collectstatic`.
STATIC_ROOT = env.ROOT / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = logging_config(*JSON_LINES)  # noqa: F405
