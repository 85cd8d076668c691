"""Keeps the groups in step with `config.common.accounts.roles`, and their members staff."""

from typing import Any

from django.apps import apps as installed_apps
from django.contrib.auth import get_user_model
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission, User
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from config.common.accounts.roles import ROLES, permissions_of


def sync_roles() -> None:
    """Makes each role's group and gives it exactly its permissions. Groups that are no role are left alone."""
    for name in ROLES:
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(_permissions(permissions_of(name)))


def _permissions(names: frozenset[str]) -> list[Permission]:
    wanted = Q()
    for name in names:
        app_label, codename = name.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found = list(Permission.objects.filter(wanted))
    if len(found) != len(names):
        raise LookupError(f"Of {sorted(names)} only {sorted(p.codename for p in found)} exist.")
    return found


def set_staff(user: User) -> None:
    """Whoever has a role may open the admin; whoever has none may not, superusers excepted."""
    is_staff = user.is_superuser or user.groups.filter(name__in=ROLES).exists()
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])


def on_migrate(*, app_config: Any, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Syncs after the last app has migrated, when every permission can exist."""
    if app_config is not list(installed_apps.get_app_configs())[-1]:
        return
    for config in installed_apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using)
    sync_roles()


def on_group_change(*, instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """Follows membership from both sides of the relation. `instance` is a user, or in `reverse` a group."""
    if action == "pre_clear" and reverse:
        # Afterwards nobody knows who they were.
        instance.leaving = set(instance.user_set.values_list("pk", flat=True))
    elif action in {"post_add", "post_remove", "post_clear"}:
        for user in _affected(instance, pk_set) if reverse else [instance]:
            set_staff(user)


def _affected(group: Any, pk_set: set[int] | None) -> list[User]:
    pks = vars(group).pop("leaving", set()) if pk_set is None else pk_set
    return list(get_user_model().objects.filter(pk__in=pks))
