"""What is wrong with a catalogue: texts that are missing, left over, unsure, or that lost what stands in them."""

import re
from collections.abc import Iterator

from babel.messages import Catalog, Message

from tests.languages.catalogues import compiled, compiled_path_of, found_keys, is_whole, key_of, path_of, read, wanted

# What a translation must carry over as it is: places for values, tags and their addresses.
_KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+[^>]*>")


def findings(language: str) -> Iterator[str]:
    """One line for each fault of the catalogue of `language`."""
    catalog = read(path_of(language))
    yield from _against_source(catalog, wanted(language))
    for message in catalog:
        if message.id:
            yield from (f"{fault}: {_name(message)}" for fault in faults(message))
    if catalog.obsolete:
        yield f"{len(catalog.obsolete)} entries are left over: `make messages` drops them."
    if compiled_path_of(language).read_bytes() != compiled(catalog):
        yield "The compiled catalogue is another: `make messages` writes it."


def faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    if message.fuzzy:
        yield "unsure (fuzzy)"
    if not is_whole(message):
        yield "missing"
        return
    for form in message.string if isinstance(message.string, tuple | list) else [message.string]:
        if _kept(form) not in _allowed(message):
            yield f"other places or tags than in English, in “{form}”"
        if _ends(form) != _ends(_texts(message)[-1]):
            yield f"other spaces at its ends, in “{form}”"


def _against_source(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    have, want = found_keys(catalog), found_keys(wanted)
    yield from (
        f"in the source, not in the catalogue (`make messages`): {text}" for _, text in sorted(_plain(want - have))
    )
    yield from (f"not in the source any more (`make messages`): {text}" for _, text in sorted(_plain(have - want)))
    plurals = {key_of(message): message.id for message in wanted if message.pluralizable}
    for message in catalog:
        if message.id and message.pluralizable != (key_of(message) in plurals):
            yield f"has another number of forms than in the source (`make messages`): {_name(message)}"


def _plain(keys: set[tuple[str | None, str]]) -> set[tuple[str, str]]:
    return {(context or "", text) for context, text in keys}


def _allowed(message: Message) -> list[list[str]]:
    """Which places a form may have: those of the plural. What is said of one thing alone may leave its number out, in
    a language whose singular is for 1 alone."""
    texts = _texts(message)
    return [_kept(texts[-1])] if message.string and len(message.string) > 2 else [_kept(text) for text in texts]


def _texts(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def _kept(text: str) -> list[str]:
    return sorted(_KEPT.findall(text))


def _ends(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _name(message: Message) -> str:
    where = message.locations[0][0] if message.locations else ""
    return f"{where}: {key_of(message)[1]}"
