"""Password sign-in and permissions."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.expressions import RawSQL

from config.common.accounts.querysets import PERMISSIONS
from config.common.accounts.services.second_factor import with_factor


class RoleBackend(ModelBackend):
    """Django's own backend, with one query for who calls: the user, factor, permissions and preferences."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with `factor_id`, `role_permissions`, `preferences`; None for who is gone or off."""
        permissions = RawSQL(PERMISSIONS.format(user="auth_user.id"), ())  # noqa: S611 # nosec B611 # constants alone
        users = with_factor(User.objects.filter(pk=user_id)).select_related("preferences")
        user = users.annotate(role_permissions=permissions).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """The permissions of the user and of the user's roles, as `app_label.codename`."""
        if user_obj.is_superuser or not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "role_permissions"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {PERMISSIONS.format(user='%s')}", [user_obj.pk, user_obj.pk])
                (user_obj.role_permissions,) = cursor.fetchone()
        return set(user_obj.role_permissions)
