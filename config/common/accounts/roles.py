"""The four roles. What each may do is declared by the apps, `DomainConfig.permissions`; the groups are made from it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.common.domain import domains

VIEWERS = "Viewers"
EDITORS = "Editors"
IMPORTERS = "Importers"
MANAGERS = "Managers"

# Each may do what the one behind it may, and more.
_CONTAINS = {VIEWERS: None, EDITORS: VIEWERS, IMPORTERS: VIEWERS, MANAGERS: EDITORS}
ROLES = tuple(_CONTAINS)
# What pages call them; the groups have their names for programs.
_CALLED = {
    VIEWERS: gettext_lazy("Viewers"),
    EDITORS: gettext_lazy("Editors"),
    IMPORTERS: gettext_lazy("Importers"),
    MANAGERS: gettext_lazy("Managers"),
}


def permissions_of(role: str) -> frozenset[str]:
    """Collects what `role` may do, each permission named `app_label.codename`."""
    declared = frozenset(name for config in domains() for name in config.permissions.get(role, ()))
    contained = _CONTAINS[role]
    return declared if contained is None else declared | permissions_of(contained)


def role_name(role: str) -> str:
    """Calls a role, or another group, as pages do."""
    return str(_CALLED.get(role, role))


def duties_of(role: str) -> str:
    """Says in words what `role` may do, behind what another may that it contains; nothing for a group that is none."""
    contained = _CONTAINS.get(role)
    own = [str(config.duties[role]) for config in domains() if role in config.duties]
    more = [_("all that %(role)s may") % {"role": role_name(contained)}] if contained else []
    return "; ".join([*more, *own])
