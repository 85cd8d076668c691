"""Reads and single-row writes of API tokens."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models import Q
from knox.models import AuthTokenManager

if TYPE_CHECKING:
    from config.common.accounts.models import ApiToken

LAST_USE_PRECISION = timedelta(minutes=1)
# The permissions of a user and of the user's roles, an array of `app_label.codename`; it takes the user's id.
PERMISSIONS = """ARRAY(
    SELECT type.app_label || '.' || permission.codename
    FROM auth_permission AS permission
    JOIN django_content_type AS type ON type.id = permission.content_type_id
    WHERE permission.id IN (
        SELECT permission_id FROM auth_user_groups JOIN auth_group_permissions USING (group_id) WHERE user_id = {user}
        UNION
        SELECT permission_id FROM auth_user_user_permissions WHERE user_id = {user}
    )
)"""
_LIVE = """
    SELECT {} FROM accounts_apitoken AS token JOIN auth_user AS owner ON owner.id = token.user_id
    WHERE token.digest = %s AND (token.expiry IS NULL OR token.expiry > %s) AND owner.is_active
"""


def _columns(model: type[models.Model]) -> list[str]:
    """The names of the columns, in the order in which `from_db` takes them."""
    return [field.attname for field in model._meta.concrete_fields]


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """What authentication asks of the tokens."""

    def live(self, digest: str, *, now: datetime) -> "ApiToken | None":
        """The unexpired token with this hash, its active user and what that may do: one query on the primary key.

        Every request asks it, so it is plain SQL: the ORM takes longer to write the statement than PostgreSQL to
        answer it.
        """
        user = get_user_model()
        token_names, user_names = _columns(self.model), _columns(user)
        columns = [*(f"token.{name}" for name in token_names), *(f"owner.{name}" for name in user_names)]
        select = ", ".join([*columns, PERMISSIONS.format(user="owner.id")])
        with connections[self.db].cursor() as cursor:
            cursor.execute(_LIVE.format(select), [digest, now])
            row = cursor.fetchone()
        if row is None:
            return None
        token: ApiToken = self.model.from_db(self.db, token_names, row[: len(token_names)])
        *owner, permissions = row[len(token_names) :]
        token.user = user.from_db(self.db, user_names, owner)
        token.user.role_permissions = permissions
        return token

    def expired(self, *, now: datetime) -> "ApiTokenQuerySet":
        """The ones that nobody can sign in with any more."""
        return self.filter(expiry__lte=now)

    def usable(self, *, now: datetime) -> "ApiTokenQuerySet":
        """The ones that have not run out."""
        return self.filter(Q(expiry=None) | Q(expiry__gt=now))

    def note_use(self, token: "ApiToken", *, now: datetime) -> None:
        """Writes down the last use, at most once a minute for a token however many requests it makes."""
        since = now - LAST_USE_PRECISION
        if token.last_used_at is None or token.last_used_at < since:
            self.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lt=since), pk=token.pk).update(last_used_at=now)


class ApiTokenManager(AuthTokenManager):  # type: ignore[misc]  # django-rest-knox has no types
    """Knox's way to make a token (`create` returns the row and the key), with our own reads."""

    def get_queryset(self) -> ApiTokenQuerySet:
        return ApiTokenQuerySet(self.model, using=self._db)

    def live(self, digest: str, *, now: datetime) -> "ApiToken | None":
        """See `ApiTokenQuerySet.live`."""
        return self.get_queryset().live(digest, now=now)

    def expired(self, *, now: datetime) -> ApiTokenQuerySet:
        """See `ApiTokenQuerySet.expired`."""
        return self.get_queryset().expired(now=now)

    def note_use(self, token: "ApiToken", *, now: datetime) -> None:
        """See `ApiTokenQuerySet.note_use`."""
        self.get_queryset().note_use(token, now=now)

    def make(self, **fields: Any) -> tuple["ApiToken", str]:
        """The new token and its key, which is shown once and stored nowhere."""
        token, key = self.create(**fields)
        return token, key
