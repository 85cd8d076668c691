"""Password sign-in and permissions."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db import connection

from config.common.accounts.services.second_factor import with_factor

_PERMISSIONS = """
    SELECT type.app_label || '.' || permission.codename
    FROM auth_permission AS permission
    JOIN django_content_type AS type ON type.id = permission.content_type_id
    WHERE permission.id IN (
        SELECT permission_id FROM auth_user_groups JOIN auth_group_permissions USING (group_id) WHERE user_id = %(user)s
        UNION
        SELECT permission_id FROM auth_user_user_permissions WHERE user_id = %(user)s
    )
"""


class RoleBackend(ModelBackend):
    """Django's own backend, with fewer queries: a user's permissions are one, a user and the second factor another."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, with `factor_id`; None for who is gone or switched off."""
        user = with_factor(User.objects.filter(pk=user_id)).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """The permissions of the user and of the user's roles, as `app_label.codename`."""
        if user_obj.is_superuser or not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_role_permissions"):
            with connection.cursor() as cursor:
                cursor.execute(_PERMISSIONS, {"user": user_obj.pk})
                user_obj._role_permissions = {name for (name,) in cursor.fetchall()}
        known: set[str] = user_obj._role_permissions
        return known
