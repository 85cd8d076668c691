"""What DRF says of our fields has a translation of its own, or is in our catalogue."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext, override
from rest_framework.fields import DateTimeField, DictField, Field
from rest_framework.serializers import ListSerializer, Serializer

from config.common.http.library_texts import UNTRANSLATED

ROOT = Path(__file__).parents[3]
# Nobody sends these.
ANSWERED = (DateTimeField, DictField)


def declared(of: type[Any] = Serializer) -> Iterator[type[Any]]:
    """All serializers of ours."""
    for kind in of.__subclasses__():
        if kind.__module__.partition(".")[0] in {"airports", "analytics", "config", "imports"}:
            yield kind
        yield from declared(kind)


def inside(field: Any) -> Iterator[Field[Any, Any, Any, Any]]:
    """The field and those in it that are written."""
    if field.read_only:
        return
    yield field
    if (child := getattr(field, "child", None)) is not None:
        yield from inside(child)
    if not isinstance(field, ListSerializer):
        for one in getattr(field, "fields", {}).values():
            yield from inside(one)


def messages() -> set[str]:
    """What DRF may say of what callers send, in English."""
    for path in (*ROOT.glob("*/api/*.py"), ROOT / "config/common/http/query.py"):
        if path.stem != "__init__":
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    kinds = {type(field) for kind in {*declared()} for field in inside(kind())}
    classes = {of for kind in kinds if not issubclass(kind, ANSWERED) for of in kind.__mro__}
    with override(None):
        return {
            str(message)
            for of in classes
            if of.__module__.startswith("rest_framework")
            for message in vars(of).get("default_error_messages", {}).values()
        }


@pytest.mark.parametrize("language", ["es", "ru"])
def test_what_has_no_translation_there_is_in_our_catalogue(language: str) -> None:
    found = messages()
    with override(language):
        assert {message for message in found if gettext(message) == message} <= set(UNTRANSLATED)
    assert set(UNTRANSLATED) <= found
