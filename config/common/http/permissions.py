"""May the caller do this: the role's permissions, named by each view for each action."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from django.utils.translation import gettext_lazy
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

PUBLIC: tuple[str, ...] = ()


class _GuardedView(Protocol):
    permissions: ClassVar[Mapping[str, tuple[str, ...]]]
    action: str


class RolePermission(BasePermission):
    """Lets a caller through who has any one of the permissions that the view names for the action.

    An action that the view does not name is refused to everybody: forgetting one must not open it.
    """

    message = gettext_lazy("Your role does not allow this.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        guarded = cast("_GuardedView", view)
        needed = guarded.permissions[guarded.action]
        user = request.user
        return bool(user and user.is_authenticated and any(user.has_perm(name) for name in needed))
