"""What the change log calls fields and their values, in the reader's language."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext

from config.common.domain import domains
from config.common.folding import fold


def field_called(model: str, name: str) -> str:
    """Gives the name of a field of `model`, `app_label.model`: as the app calls it that writes it down, else as the
    model does. One that is there no more is what it was called."""
    if name in (declared := _declared().get(model, {})):
        return capfirst(str(declared[name]))
    field = _field(model, name)
    return capfirst(gettext(name) if field is None else str(field.verbose_name))


def value_called(model: str, name: str, value: Any) -> Any:
    """Gives a stored value as it is read: as the app says it that writes it down, of a field with choices what the
    choice is called, and roles by their names."""
    if (say := _sayings().get(f"{model}.{name}")) is not None:
        return say(value)
    field = _field(model, name)
    if value and getattr(field, "related_model", None) is Group:
        return ", ".join(gettext(role) for role in str(value).split(", "))
    return next((str(label) for key, label in getattr(field, "flatchoices", ()) if key == value), value)


def fields_meant(model: str, text: str) -> list[str]:
    """Lists the fields of `model` that are called `text` in the reader's language, in any case, and the one that is
    stored so."""
    meta = apps.get_model(model)._meta
    known = {*_declared().get(model, {}), *(field.name for field in (*meta.fields, *meta.many_to_many))}
    return sorted({text, *(name for name in known if fold(field_called(model, name)) == fold(text))})


def changes_in(model: str, found: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Any, Any]]:
    """Lists field, from and to of each change of `model`, as they are called."""
    return [
        (field_called(model, name), value_called(model, name, pair["from"]), value_called(model, name, pair["to"]))
        for name, pair in found.items()
    ]


@cache
def _declared() -> dict[str, Mapping[str, Any]]:
    return {model: names for config in domains() for model, names in config.recorded_models.items()}


@cache
def _sayings() -> dict[str, Callable[[Any], Any]]:
    return {field: say for config in domains() for field, say in config.recorded_values.items()}


def _field(model: str, name: str) -> Any:
    try:
        field = apps.get_model(model)._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if hasattr(field, "verbose_name") else None
