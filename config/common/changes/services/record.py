"""Writes down what somebody did, for the change log."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import override

from config.common.changes.models import RecordedChange

Action = RecordedChange.Action
_NAME = 256
# Of a form. Django's form of a user shows the password as a field that does not change.
_SECRET = frozenset({"password"})


def record_change(
    row: Model,
    action: RecordedChange.Action,
    *,
    actor: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    is_restricted: bool = False,
    name: str | None = None,
) -> None:
    """Writes it down. Call it in the transaction of the change, and give it no secret.

    `before` and `after` are the row's values as people read them; only what differs is kept, and of a change in which
    nothing does, nothing. `actor` is None for a command; `name` is what the row is called where that is not its text.
    """
    changes = differences(before or {}, after or {})
    if action == Action.CHANGED and not changes:
        return
    RecordedChange.objects.create(
        by=actor,
        model=row._meta.label_lower,
        # The key of a token is its digest.
        row_id=row.pk if isinstance(row.pk, int) else None,
        name=(_called(row) if name is None else name)[:_NAME],
        action=action,
        changes=changes,
        is_restricted=is_restricted,
    )


def _called(row: Model) -> str:
    """What it is called in English: whoever reads it may read another language than the actor."""
    with override(settings.LANGUAGE_CODE):
        return str(row)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Field → `{"from", "to"}` of what is not the same; None for what one of them does not have, which is as good as
    empty."""
    pairs = {name: {"from": before.get(name), "to": after.get(name)} for name in {**before, **after}}
    return {name: pair for name, pair in pairs.items() if _told(pair["from"]) != _told(pair["to"])}


def _told(value: Any) -> Any:
    return None if value == "" else value


def values_of(form: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after, of the fields that somebody changed in a valid form."""
    names = [name for name in form.changed_data if name in form.cleaned_data and name not in _SECRET]
    before = {name: _plain(form.initial.get(name)) for name in names}
    return before, {name: _plain(form.cleaned_data[name]) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(sorted(map(str, value)))
    return value
