"""Secrets that are none: too short to be drawn by lot, or known to everybody from an example."""

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

_KEY_LENGTH = 50
_KEY_LETTERS = 5
_TOKEN_LENGTH = 20
# Parts of what examples and generators write where a secret should stand.
_EXAMPLES = (
    "changeme",
    "change-me",
    "change_me",
    "example",
    "insecure",
    "for tests only",
    "secret-key",
    "your-",
    "xxxx",
)
_PASSWORDS = {"", "admin", "changeme", "demanda", "password", "postgres", "redis", "secret", "test"}


def refuse_weak_secrets() -> None:
    """Raises `ImproperlyConfigured` with the variable's name, never with its value."""
    key = env.SECRET_KEY or ""
    if len(key) < _KEY_LENGTH or len(set(key)) < _KEY_LETTERS or _is_example(key):
        raise ImproperlyConfigured(f"SECRET_KEY must be at least {_KEY_LENGTH} characters drawn by lot.")
    for name in ("DATABASE_URL", "DATABASE_SESSION_URL", "REDIS_URL"):
        if _password(getattr(env, name) or "") in _PASSWORDS:
            raise ImproperlyConfigured(f"{name} has a password that everybody guesses.")
    if any(_password(url) in _PASSWORDS for url in env.DATABASE_REPLICA_URLS):
        raise ImproperlyConfigured("DATABASE_REPLICA_URLS have a password that everybody guesses.")
    if env.KAFKA_SASL_PASSWORD and env.KAFKA_SASL_PASSWORD.lower() in _PASSWORDS:
        raise ImproperlyConfigured("KAFKA_SASL_PASSWORD is a password that everybody guesses.")
    token = env.METRICS_TOKEN
    if token and (len(token) < _TOKEN_LENGTH or _is_example(token)):
        raise ImproperlyConfigured(f"METRICS_TOKEN must be at least {_TOKEN_LENGTH} characters drawn by lot.")


def _is_example(secret: str) -> bool:
    return any(part in secret.lower() for part in _EXAMPLES)


def _password(url: str) -> str | None:
    """None where the address has none: the server knows its caller otherwise, by a socket or a certificate."""
    password = urlsplit(url).password
    return None if password is None else unquote(password).lower()
