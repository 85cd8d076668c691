"""The second factor of people: codes of an app (TOTP), and recovery codes for when the app is lost.

django-otp keeps the devices: it takes no code twice, and makes whoever errs wait, twice as long each time.
"""

import math
import secrets
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from textwrap import wrap
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.common.problems import Conflict, InvalidInput

RECOVERY_CODES = 10
_CODE_LENGTH = 6
# 80 bits: too many to try, so a plain hash of them hides them.
_RECOVERY_BYTES = 10

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """What became of a code. `wait`: it was not looked at, and will not be for so many seconds."""

    accepted: bool
    wait: int = 0


def is_required() -> bool:
    """Whether a session without a second factor is nobody's."""
    return bool(settings.SECOND_FACTOR == "required")


def with_factor(users: QuerySet[User]) -> QuerySet[Any]:
    """`users` with `factor_id`, the id of the factor of each; None for who has none. A new factor has a new id."""
    factors = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    return users.annotate(factor_id=Subquery(factors.values("pk")[:1]))


def factor_id(user: User) -> int | None:
    """As `with_factor` knows it, else asked of the database."""
    if not hasattr(user, "factor_id"):
        found = TOTPDevice.objects.filter(user=user, confirmed=True).values_list("pk", flat=True)
        _remember(user, found.first())
    known: int | None = user.factor_id  # type: ignore[attr-defined]  # our own attribute, see `with_factor`
    return known


def recovery_codes_left(user: User) -> int:
    """How many are unused."""
    left: int = StaticToken.objects.filter(device__user=user).count()
    return left


def device_of(user: User, key: str) -> TOTPDevice:
    """The device that `key` would make, not stored."""
    return TOTPDevice(user=user, key=key, name="app", confirmed=True)


@transaction.atomic
def enrol(*, user: User, key: str, code: str) -> list[str]:
    """Stores the factor once `code` shows that the app knows its `key`. Returns the recovery codes.

    Raises `InvalidInput` for a wrong code, `Conflict` when the user has a factor.
    """
    _lock(user)
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        raise Conflict(_("This account has a second factor. Take it off first."))
    device, digits = device_of(user, key), _tidy(code)
    # Stores the device with the step of the code, which opens nothing a second time; a wrong one undoes it all.
    if not (_is_of_app(digits) and device.verify_token(digits)):
        raise InvalidInput(_("This is not the code that the app shows now."))
    _remember(user, device.pk)
    logger.info("second_factor_enrolled", user_id=user.pk)
    return _make_recovery_codes(user)


@transaction.atomic
def check_code(*, user: User, code: str) -> Check:
    """Whether `code` is one of the user's app or an unused recovery code. It is used up by this."""
    tidy = _tidy(code)
    model = TOTPDevice if _is_of_app(tidy) else StaticDevice
    device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return Check(accepted=False)
    allowed, reason = device.verify_is_allowed()
    if not allowed:
        return Check(accepted=False, wait=_seconds_until(reason))
    accepted = bool(device.verify_token(tidy if model is TOTPDevice else _hash(tidy)))
    if accepted and model is StaticDevice:
        logger.warning("recovery_code_used", user_id=user.pk, left=recovery_codes_left(user))
    return Check(accepted)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """New recovery codes instead of the old ones, used or not. The caller has checked a code of the user's."""
    _lock(user)
    if factor_id(user) is None:
        raise Conflict(_("This account has no second factor."))
    return _make_recovery_codes(user)


@transaction.atomic
def remove_factor(*, user: User, actor: User | None) -> bool:
    """Takes the factor and the recovery codes away, and with them every session that they opened.

    `actor` is None for the command. False when there was none.
    """
    _lock(user)
    StaticDevice.objects.filter(user=user).delete()
    gone, _ = TOTPDevice.objects.filter(user=user).delete()
    _remember(user, None)
    if gone:
        logger.warning("second_factor_removed", user_id=user.pk, by=actor.pk if actor else "command")
    return bool(gone)


def _make_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
    codes = [b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_hash(code)) for code in codes)
    logger.info("recovery_codes_made", user_id=user.pk)
    return ["-".join(wrap(code, 4)) for code in codes]


def _hash(code: str) -> str:
    # As much of it as django-otp's column takes: as many bits as the code has.
    return b32encode(sha256(code.encode("utf-8", "replace")).digest()[:_RECOVERY_BYTES]).decode().lower()


def _tidy(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _is_of_app(code: str) -> bool:
    return len(code) == _CODE_LENGTH and code.isascii() and code.isdigit()


def _seconds_until(reason: dict[str, Any] | None) -> int:
    until = (reason or {}).get("locked_until")
    return max(1, math.ceil((until - timezone.now()).total_seconds())) if until else 1


def _remember(user: User, factor: int | None) -> None:
    user.factor_id = factor  # type: ignore[attr-defined]  # our own attribute, see `with_factor`


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)
