"""Makes API tokens, and revokes them."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.common.accounts.models import ApiToken
from config.common.accounts.querysets import ApiTokenQuerySet
from config.common.accounts.roles import ROLES
from config.common.accounts.services.users import record_user_change
from config.common.changes.services.record import Action, record_change
from config.common.problems import InvalidInput

LABEL_LENGTH = 100
MOST_DAYS = 36_500

logger = structlog.get_logger(__name__)


@transaction.atomic
def issue_token(
    *,
    username: str,
    role: str | None = None,
    life: timedelta | None = None,
    label: str = "",
    created_by: User | None = None,
) -> tuple[ApiToken, str]:
    """A new token for `username`, who is made (without a password) if need be and given `role`.

    Returns the row and the key; the key is stored nowhere and cannot be shown again.
    Without `life` it lives `API_TOKEN_DAYS`. Raises `InvalidInput` for an unknown role, a life that has no end in
    sight, a name or label that cannot be one, or a user who is switched off.
    """
    if role is not None and role not in ROLES:
        raise InvalidInput(
            _("There is no role %(role)s; there are %(roles)s.") % {"role": role, "roles": ", ".join(ROLES)}
        )
    life = timedelta(days=settings.API_TOKEN_DAYS) if life is None else life
    if not timedelta() < life <= timedelta(days=MOST_DAYS):
        raise InvalidInput(_("A token lives between one day and a hundred years."))
    if len(label) > LABEL_LENGTH or not label.isprintable():
        raise InvalidInput(_("A label has %(limit)s printable characters at most.") % {"limit": LABEL_LENGTH})
    user = _user(username, created_by)
    if not user.is_active:
        raise InvalidInput(_("%(name)s is switched off.") % {"name": username})
    if role is not None and not user.groups.filter(name=role).exists():
        user.groups.add(Group.objects.get(name=role))
        record_user_change(user, Action.CHANGED, actor=created_by, after={"groups": role})
    made = ApiToken.objects.make(user=user, expiry=life, label=label, created_by=created_by)
    _record(made[0], Action.CREATED, created_by)
    return made


@transaction.atomic
def revoke_tokens(*, tokens: ApiTokenQuerySet, actor: User) -> int:
    """How many ended now. They stay in the list until the expired ones are swept."""
    now = timezone.now()
    live = list(tokens.usable(now=now).select_related("user"))
    revoked = tokens.usable(now=now).update(expiry=now)
    for token in live:
        _record(token, Action.REVOKED, actor)
    logger.warning("tokens_revoked", tokens=[token.token_key for token in live], by=actor.pk)
    return revoked


def _record(token: ApiToken, action: Action, actor: User | None) -> None:
    # Its text has the beginning of the key.
    about = {"actor": actor, "is_restricted": token.user.is_superuser, "name": token.label}
    made = {"label": token.label, "user": token.user.get_username()}
    record_change(token, action, after=made if action == Action.CREATED else None, **about)


def _user(username: str, actor: User | None) -> User:
    users = get_user_model().objects
    new = User(username=username)
    try:
        new.clean_fields(exclude={"password"})
    except ValidationError as error:
        raise InvalidInput(_("No user can have this name. %(why)s") % {"why": " ".join(error.messages)}) from error
    if found := users.filter(username=username).first():
        return found
    made = users.create_user(username=username)
    record_user_change(made, Action.CREATED, actor=actor)
    return made
