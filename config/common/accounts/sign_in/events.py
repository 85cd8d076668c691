"""Signing in as log lines. No name of a failed sign-in: people type their passwords into that field."""

from typing import Any

import structlog
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from config.common.accounts.services.second_factor import factor_id
from config.common.accounts.sign_in.sessions import note_sign_in
from config.common.accounts.sign_in.tries import count_failure
from config.common.http.callers import client_address

logger = structlog.get_logger(__name__)


def connect() -> None:
    """Listens to Django's signals, which our own second step sends as well."""
    user_logged_in.connect(note_sign_in, dispatch_uid="session-age")
    user_logged_in.connect(_signed_in, dispatch_uid="log-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="log-signed-out")
    user_login_failed.connect(_failed, dispatch_uid="log-sign-in-failed")


def fail(request: HttpRequest, user: User, *, step: str = "code") -> None:
    """A wrong code, or old password: it counts towards the lock, as a wrong password at the sign-in does."""
    credentials = {"username": user.get_username(), "step": step}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    has_factor = factor_id(user) is not None
    logger.info("signed_in", user_id=user.pk, address=client_address(request.META), second_factor=has_factor)


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        logger.info("signed_out", user_id=user.pk)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    address = client_address(request.META) if request is not None else None
    if request is not None:
        count_failure(request)
    logger.warning("sign_in_failed", step=credentials.get("step", "password"), address=address)
