"""The four roles and what each may do: the one table from which the groups are made.

A permission is named `app_label.codename`; the apps declare the ones that Django does not make by itself.
"""

from types import MappingProxyType

VIEWERS = "Viewers"
EDITORS = "Editors"
IMPORTERS = "Importers"
MANAGERS = "Managers"

_EVERYONE = frozenset(
    {
        "airports.view_airport",
        "airports.view_historicalairport",
        "imports.view_import",
        "analytics.view_importdemand",
        "analytics.view_townplace",
    }
)
_EDITORS = frozenset(
    {
        "airports.add_airport",
        "airports.change_airport",
        "airports.view_pendingchange",
        "imports.view_citizen",
        "imports.change_citizen",
        "imports.view_correction",
        "analytics.refresh_demand",
        *(f"analytics.{verb}_townalias" for verb in ("view", "add", "change", "delete")),
    }
)
_IMPORTERS = frozenset({"imports.add_import", "imports.view_own_citizens"})
_MANAGERS = frozenset(
    {
        "airports.delete_airport",
        "airports.view_queuedcreate",
        "imports.delete_import",
        *(f"auth.{verb}_user" for verb in ("view", "add", "change", "delete")),
        "auth.view_group",
        *(f"common.{verb}_apitoken" for verb in ("view", "add", "change", "delete")),
        *(f"analytics.{verb}_demandsettings" for verb in ("view", "add", "change")),
        "common.view_chunkedrun",
        "common.view_readaudit",
        "common.view_lease",
        *(f"django_celery_beat.{verb}_periodictask" for verb in ("view", "add", "change")),
        *(f"django_celery_beat.{verb}_intervalschedule" for verb in ("view", "add", "change")),
        *(f"django_celery_beat.{verb}_crontabschedule" for verb in ("view", "add", "change")),
    }
)

ROLES = MappingProxyType(
    {
        VIEWERS: _EVERYONE,
        EDITORS: _EVERYONE | _EDITORS,
        IMPORTERS: _EVERYONE | _IMPORTERS,
        # A manager sees every resident, so the permission for one's own would say less.
        MANAGERS: _EVERYONE | _EDITORS | (_IMPORTERS - {"imports.view_own_citizens"}) | _MANAGERS,
    }
)
