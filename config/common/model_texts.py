"""What pages call models and their fields, in the reader's language.

A field is called by its name unless it says otherwise, and `gettext_lazy` at each would make a migration for each: a
migration knows the texts, and their being lazy is none of its business. So an app's texts are wrapped in one place.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


def translate_texts_of(models: Iterable[type[Model]]) -> None:
    """Makes the texts of `models` lazy, before anything is made of them."""
    for model in models:
        meta = model._meta
        meta.verbose_name, meta.verbose_name_plural = _lazy(meta.verbose_name), _lazy(meta.verbose_name_plural)
        for field in _fields(model):
            field.verbose_name, field.help_text = _lazy(field.verbose_name), _lazy(field.help_text)
            if field.choices:
                field.choices = [(value, _lazy(label)) for value, label in field.flatchoices]


def texts_of(models: Iterable[type[Model]]) -> Iterator[tuple[type[Model], str]]:
    """Lists the same texts in English, for the catalogues."""
    for model in models:
        labels = [label for field in _fields(model) for _, label in field.flatchoices]
        names = [text for field in _fields(model) for text in (field.verbose_name, field.help_text)]
        for text in (model._meta.verbose_name, model._meta.verbose_name_plural, *names, *labels):
            if text:
                yield model, str(text)


def _fields(model: type[Model]) -> list[Any]:
    return [*model._meta.local_fields, *model._meta.local_many_to_many]


def _lazy(text: Any) -> Any:
    return text if not text or isinstance(text, Promise) else gettext_lazy(str(text))
