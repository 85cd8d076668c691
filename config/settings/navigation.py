"""The admin's sidebar: one line a page, shown to those who may open it.

A page of a model is named as its permission: `app_label.model`, in lower case.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Item = dict[str, Any]


def _may(permissions: tuple[str, ...], request: HttpRequest) -> bool:
    return any(request.user.has_perm(name) for name in permissions)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def model(title: Promise, icon: str, name: str) -> Item:
    """The list of a model, for those who may view or change it."""
    app_label, model_name = name.split(".")
    permissions = tuple(f"{app_label}.{verb}_{model_name}" for verb in ("view", "change"))
    return page(title, icon, reverse_lazy(f"admin:{app_label}_{model_name}_changelist"), partial(_may, permissions))


def page(title: Promise, icon: str, link: Any, permission: Callable[[HttpRequest], bool]) -> Item:
    """Any other page. `icon` is a name of Material Symbols."""
    return {"title": title, "icon": icon, "link": link, "permission": permission}


def group(title: Promise, *items: Item, collapsible: bool = False) -> dict[str, Any]:
    """Pages under a heading; it is not shown while none of them is. `collapsible`: folded until somebody opens it."""
    return {"title": title, "items": list(items), "collapsible": collapsible}


def with_kafka(item: Item) -> Item:
    """A page that says nothing where there is no Kafka."""
    may: Callable[[HttpRequest], bool] = item["permission"]
    return {**item, "permission": lambda request: bool(settings.KAFKA_BOOTSTRAP_SERVERS) and may(request)}


def for_superusers(item: Item) -> Item:
    """A page that others may open too, and do not need."""
    return {**item, "permission": _is_superuser}


NAVIGATION = [
    group(
        _("Demand"),
        {
            **page(
                _("Who wants the next course"),
                "insights",
                reverse_lazy("demand-page"),
                partial(_may, ("analytics.view_importdemand",)),
            ),
            # It has no sidebar; by its address Unfold would take every page of this app for it.
            "active": False,
        },
        model(_("Plans"), "savings", "analytics.plan"),
        model(_("Town places"), "location_on", "analytics.townplace"),
        model(_("Town aliases"), "edit_location_alt", "analytics.townalias"),
        model(_("Demand by delivery"), "functions", "analytics.importdemand"),
        model(_("Alerts"), "notifications", "analytics.alert"),
    ),
    group(
        _("Residents"),
        model(_("Deliveries"), "inventory_2", "imports.import"),
        model(_("Sources"), "handshake", "imports.source"),
        model(_("Channels"), "campaign", "imports.channel"),
        page(
            _("Residents"),
            "groups",
            reverse_lazy("admin:imports_citizen_changelist"),
            # Importers see those of their own imports.
            partial(_may, ("imports.view_citizen", "imports.view_own_citizens")),
        ),
    ),
    group(
        _("Airports"),
        model(_("Airports"), "flight", "airports.airport"),
        model(_("Airports deleted for good"), "history", "airports.historicalairport"),
        model(_("Pending changes"), "link", "airports.pendingchange"),
    ),
    group(
        _("Kafka"),
        with_kafka(model(_("Dead letters"), "mark_email_unread", "kafka.deadletter")),
        with_kafka(model(_("Positions"), "pin_drop", "kafka.position")),
    ),
    group(
        _("People"),
        model(_("Users"), "person", "auth.user"),
        model(_("API tokens"), "key", "accounts.apitoken"),
        model(_("Change log"), "history", "changes.recordedchange"),
    ),
    group(
        _("Settings"),
        model(_("Demand settings"), "tune", "analytics.demandsettings"),
        model(_("Costs of channels"), "payments", "analytics.channelcost"),
        model(_("Schedules"), "schedule", "background.schedule"),
    ),
    group(
        _("Records"),
        model(_("Reads of residents"), "visibility", "privacy.readaudit"),
        model(_("Subscriptions"), "notifications", "events.subscription"),
        model(_("Notices"), "outbox", "events.notice"),
        collapsible=True,
    ),
    group(
        _("Operations"),
        for_superusers(model(_("Groups"), "badge", "auth.group")),
        for_superusers(model(_("Leases"), "lock_clock", "background.lease")),
        for_superusers(model(_("Queued creates"), "playlist_add", "airports.queuedcreate")),
        page(_("Profiler"), "speed", reverse_lazy("profiles"), _is_superuser),
        collapsible=True,
    ),
]
