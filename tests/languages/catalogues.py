"""The catalogues in `locale/`: brought up to date with the source, shared out among translators, compiled."""

from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.trans_real import DjangoTranslation

from tests.languages.extract import FOREIGN, template_of, template_of_all

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# A file is the same whenever it is written.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_LOCALE = Path(settings.LOCALE_PATHS[0])


def path_of(language: str) -> Path:
    """The catalogue that people edit."""
    return _LOCALE / language / "LC_MESSAGES" / "django.po"


def compiled_path_of(language: str) -> Path:
    """The one that the product reads."""
    return path_of(language).with_suffix(".mo")


def read(path: Path) -> Catalog:
    """A catalogue, or a share of one."""
    # `…/<language>/LC_MESSAGES/django.po`, `<language>.anything.po`.
    language = path.parent.parent.name if path.name == "django.po" else path.name.partition(".")[0]
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8", abort_invalid=True)


@cache
def wanted(language: str) -> Catalog:
    """What the catalogue of `language` must hold: our texts, and those of packages that nobody else translates."""
    found, known = template_of_all(), _translated_elsewhere(language)
    for package in FOREIGN:
        for message in template_of(package):
            if message.id and key_of(message) not in found_keys(found) and _asked(message) not in known:
                found.add(message.id, locations=[(package, 0)], context=message.context)
    return found


def found_keys(catalog: Catalog) -> set[tuple[str | None, str]]:
    """The texts of a catalogue."""
    return {key_of(message) for message in catalog if message.id}


def key_of(message: Message) -> tuple[str | None, str]:
    """What tells a text from another: its context, if it has one, and its words, in the singular."""
    return message.context, message.id[0] if isinstance(message.id, tuple) else message.id


def updated(language: str) -> Catalog:
    """The catalogue with what is new, still blank, and without what is gone."""
    path = path_of(language)
    old = read(path) if path.exists() else Catalog(locale=language, project="Demanda", fuzzy=False)
    old.update(wanted(language), no_fuzzy_matching=True, update_header_comment=False)
    old.obsolete.clear()
    old.header_comment = f"# Texts of Demanda in {language}. How to add one: docs/languages.md"
    return old


def write(catalog: Catalog, path: Path) -> None:
    """Stores a catalogue, in the order of the files that its texts stand in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.creation_date = catalog.revision_date = _DATE
    with path.open("wb") as file:
        write_po(file, catalog, width=120, sort_by_file=True, include_lineno=False)


def compiled(catalog: Catalog) -> bytes:
    """The bytes of the file that the product reads."""
    catalog.creation_date = catalog.revision_date = _DATE
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog, below: tuple[str, ...] = ("",)) -> Catalog:
    """A share: those without a translation that stand in files below these folders."""
    share = Catalog(locale=catalog.locale, project="Demanda", fuzzy=False)
    for message in catalog:
        where = message.locations[0][0] if message.locations else ""
        if message.id and not is_whole(message) and where.startswith(below):
            share.add(message.id, locations=message.locations, context=message.context, flags=message.flags)
    return share


def is_whole(message: Message) -> bool:
    """Whether each form of it is translated."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(forms)


def take(catalog: Catalog, share: Catalog) -> int:
    """Puts the translations of `share` into `catalog`; how many there were."""
    taken = 0
    for message in share:
        mine = catalog.get(message.id, message.context) if message.id else None
        if mine is not None and is_whole(message):
            mine.string, taken = message.string, taken + 1
    return taken


def _asked(message: Message) -> str:
    context, text = key_of(message)
    return text if context is None else f"{context}\x04{text}"


@cache
def _translated_elsewhere(language: str) -> set[str]:
    """What Django and the packages have catalogues for."""
    real = settings.LOCALE_PATHS
    settings.LOCALE_PATHS = []
    try:
        found: Any = vars(DjangoTranslation(language))["_catalog"]
    finally:
        settings.LOCALE_PATHS = real
    return {key[0] if isinstance(key, tuple) else key for key in found.keys()}  # noqa: SIM118 # no mapping
