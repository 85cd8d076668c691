"""Secrets that are none."""

import secrets

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.secrets import refuse_weak_secrets

GOOD = {
    "SECRET_KEY": "k1" * 10 + "0123456789-abcdefghijklmnopqrstuvwxyz",
    "DATABASE_URL": "postgres://demanda:x8Yq@127.0.0.1:1/c",
    "REDIS_URL": "redis://127.0.0.1:1",
    "METRICS_TOKEN": "",
}


@pytest.fixture(autouse=True)
def _configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setattr(env, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "k" * 60),
        ("SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz"),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz-0123456789"),
        ("SECRET_KEY", "for tests only: nothing that it signs outlives the run"),
        ("SECRET_KEY", "ChangeMe-0123456789abcdefghijklmnopqrstuvwxyz-0123456789"),
        ("DATABASE_URL", "postgres://demanda:postgres@127.0.0.1:1/c"),
        ("DATABASE_URL", "postgres://demanda:@127.0.0.1:1/c"),
        ("DATABASE_SESSION_URL", "postgres://demanda:demanda@127.0.0.1:1/c"),
        ("DATABASE_URL", "postgres://demanda:%70assword@127.0.0.1:1/c"),
        ("REDIS_URL", "redis://:ChangeMe@127.0.0.1:1"),
        ("KAFKA_SASL_PASSWORD", "ChangeMe"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "changeme-0123456789abcdefghijklmnop"),
    ],
)
def test_they_are_refused_by_name_and_not_repeated(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, name, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} ") as refused:
        refuse_weak_secrets()
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SECRET_KEY", secrets.token_urlsafe(50), id="a drawn key"),
        ("DATABASE_URL", "postgres://demanda@%2Fvar%2Frun%2Fpostgresql/demanda"),
        ("REDIS_URL", "unix:///run/redis.sock"),
        ("KAFKA_SASL_PASSWORD", "x8Yq"),
        pytest.param("METRICS_TOKEN", secrets.token_urlsafe(20), id="a drawn token"),
    ],
)
def test_drawn_ones_and_none_where_none_is_needed_are_taken(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, name, value)
    refuse_weak_secrets()
