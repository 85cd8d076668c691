"""Whose session it is, and the sign-in that waits for its second step."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django_otp.util import random_hex

from config.common.accounts.backends import RoleBackend
from config.common.accounts.services.second_factor import factor_id, is_required
from config.common.accounts.sessions import SessionStore

# Names in a session.
_SINCE = "signed_in_at"
_FACTOR = "factor"
_PENDING = "pending"
_KEY = "key_to_enrol"
_BACKEND = f"{RoleBackend.__module__}.{RoleBackend.__name__}"


class SessionUserMiddleware(AuthenticationMiddleware):
    """`request.user`: nobody, while the session is too old or lacks the factor that its user has.

    Every page and the API ask it, so no view can forget to. It looks at nothing until it is asked.
    """

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(partial(_session_user, request))  # type: ignore[assignment]  # as Django does it


def _session_user(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    if isinstance(user, AnonymousUser):
        return user
    session = cast("SessionStore", request.session)
    if _is_young(session.get(_SINCE)) and _has_factor(session, user):
        session.keep()
        return user
    session.flush()
    nobody = AnonymousUser()
    request._cached_user = nobody  # type: ignore[attr-defined]  # where Django keeps whom it found
    return nobody


def _is_young(since: object) -> bool:
    return isinstance(since, int) and time.time() < since + settings.SESSION_SECONDS


def _has_factor(session: SessionStore, user: User) -> bool:
    """A factor that came, went or was replaced since the sign-in ends the session."""
    factor = factor_id(user)
    return bool(session.get(_FACTOR) == factor and (factor is not None or not is_required()))


def note_sign_in(request: HttpRequest, **_: Any) -> None:
    """Starts the session's age. Called for `user_logged_in`."""
    request.session[_SINCE] = int(time.time())


def sign_in(request: HttpRequest, user: User, *, factor: int | None) -> None:
    """Makes the session the user's. `factor` is the one that they have just proved to have."""
    request.session.pop(_PENDING, None)
    login(request, user, backend=_BACKEND)
    _carry(request, factor)


def change_factor(request: HttpRequest, factor: int | None) -> None:
    """The session goes on with another factor, or none, while all others of the user's end."""
    request.session.cycle_key()
    _carry(request, factor)


def _carry(request: HttpRequest, factor: int | None) -> None:
    request.session[_FACTOR] = factor
    # It is stored, or of no use.
    request.session.pop(_KEY, None)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in whose password was right: of whom, and where it leads."""

    user: User
    then: str


def wait_for_factor(request: HttpRequest, user: User, *, then: str) -> None:
    """The session is nobody's, but knows whose password was right."""
    request.session.flush()
    hash_ = user.get_session_auth_hash()
    request.session[_PENDING] = {"user": user.pk, "hash": hash_, "at": int(time.time()), "then": then}


def pending(request: HttpRequest) -> Pending | None:
    """The sign-in that waits; None when there is none, it waited too long, or the password changed meanwhile."""
    kept = request.session.get(_PENDING)
    if not kept or time.time() > kept["at"] + settings.SECOND_STEP_SECONDS:
        return None
    user = RoleBackend().get_user(kept["user"])
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, kept["then"])


def key_to_enrol(request: HttpRequest) -> str:
    """The secret that this session's browser shows, another for each session."""
    key: str = request.session.setdefault(_KEY, random_hex())
    return key
