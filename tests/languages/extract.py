"""Finds the texts in source and templates, without gettext: Django turns a template into Python, Babel reads that."""

from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from django.contrib import admin
from django.utils.translation.template import templatize

from config.common.domain import domains
from config.common.model_texts import texts_of
from tests.server import ROOT

# Each function, and which of its arguments are texts, as Babel has them.
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "_lazy", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
OURS = ("airports", "analytics", "config", "imports", "templates")
# Packages whose pages people see, and that have no catalogue of their own for a language of ours.
FOREIGN = ("django_celery_beat", "simple_history", "unfold")
# Parts of Unfold that are not installed here.
_ABSENT = {"constance", "forms", "guardian", "import_export", "inlines", "location_field"}


def template_of_all() -> Catalog:
    """Every text of the product in the order of its files, without a translation."""
    catalog = Catalog(project="Demanda", charset="utf-8", fuzzy=False)
    for folder in OURS:
        _add(catalog, ROOT / folder, ROOT)
    admin.autodiscover()
    for app in domains():
        catalog.add(str(app.verbose_name), locations=[(f"{app.name.replace('.', '/')}/apps.py", 0)])
        # Of the others no page speaks.
        for model, text in texts_of(model for model in app.get_models() if admin.site.is_registered(model)):
            catalog.add(text, locations=[(f"{model.__module__.replace('.', '/')}.py", 0)])
    return catalog


def template_of(package: str) -> Catalog:
    """The texts of an installed package."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    folder = Path(str(files(package)))
    _add(catalog, folder, folder.parent)
    return catalog


def _add(catalog: Catalog, folder: Path, root: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or (root != ROOT and _ABSENT & set(path.parts)):
            continue
        where = str(path.relative_to(root))
        for _line, message, comments, context in _texts(path):
            catalog.add(message, locations=[(where, 0)], auto_comments=comments, context=context)


def _texts(path: Path) -> Iterator[Any]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # The indentation of a template means nothing to Python.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    elif "translation" not in source and "config.common.texts" not in source:
        return iter(())
    return iter(extract("python", BytesIO(source.encode()), KEYWORDS, comment_tags=("Translators:",), options={}))
