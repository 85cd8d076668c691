"""Tells whoever asked what became of a delivery."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.common.events.kinds import Kind
from config.common.events.services.record import record
from imports.models import Import

P = ParamSpec("P")

_FIELDS = {
    "import_id": "the delivery",
    "source": "its supplier",
    "residents": "how many there are in it, null where nobody knows",
    "errors": "how many values are wrong in it, of one that failed",
}


def _kind(name: str, title: Any, published_as: str) -> Kind:
    path = "/admin/imports/import/%(import_id)s/change/"
    return Kind(name, title, permission="imports.view_import", fields=_FIELDS, path=path, published_as=published_as)


KINDS = {
    Import.Status.COMPLETE: _kind("delivery.complete", _("A delivery is complete"), "delivery.completed"),
    Import.Status.FAILED: _kind("delivery.failed", _("A delivery failed"), "delivery.failed"),
    Import.Status.CHECKED: _kind("delivery.waiting", _("A delivery waits for approval"), "delivery.checked"),
}


def tell_outcome(delivery: Import) -> None:
    """Writes down that it is complete, failed, or checked, as its status says. Call it in the transaction in which it
    became so."""
    data = {
        "import_id": delivery.pk,
        "source": delivery.source,
        "residents": delivery.citizen_count,
        "errors": len(delivery.errors) + delivery.more_errors,
    }
    record(KINDS[Import.Status(delivery.status)].name, f"/imports/{delivery.pk}", data)


def told(load: Callable[P, Import]) -> Callable[P, Import]:
    """Has whoever asked told of the delivery that `load` returns, in the transaction in which it is stored."""

    @wraps(load)
    @transaction.atomic
    def load_and_tell(*args: P.args, **kwargs: P.kwargs) -> Import:
        loaded = load(*args, **kwargs)
        tell_outcome(loaded)
        return loaded

    return load_and_tell
