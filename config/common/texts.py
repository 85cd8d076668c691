"""Sentences for people: written in English where they arise, said in the reader's language where they are read.

What a worker finds out is stored and read by others, each in their language. So a text remembers its msgid and what
fills its placeholders. To whoever compares, logs or sorts it, it is its English. Nothing here knows Django:
`Text.speaker` is who translates.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says msgids, one of two by a number, and numbers themselves, in the language of who is spoken to."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    number: Callable[[int], str]


def _one_or_many(singular: str, plural: str, number: int) -> str:
    return singular if number == 1 else plural


_ENGLISH = Speaker(str, _one_or_many, "{:,}".format)


class Text(str):
    """Equals its English. `% {…}` fills the placeholders: with texts, which are translated too, with numbers, whose
    digits are grouped as the language does it, and with what stays as it is."""

    __slots__ = ("msgid", "number", "parameters", "plural")
    speaker: ClassVar[Speaker] = _ENGLISH
    msgid: str
    plural: str
    number: int
    parameters: Mapping[str, Any]

    def __new__(
        cls, msgid: str, plural: str = "", number: int = 1, parameters: Mapping[str, Any] | None = None
    ) -> Self:
        text = super().__new__(cls, _filled(_ENGLISH, msgid, plural, number, parameters or {}))
        text.msgid, text.plural, text.number, text.parameters = msgid, plural, number, parameters or {}
        return text

    def __mod__(self, parameters: Any) -> "Text":
        return Text(self.msgid, self.plural, self.number, parameters)

    def translated(self) -> str:
        """The sentence in the language that is active."""
        return _filled(self.speaker, self.msgid, self.plural, self.number, self.parameters)


def _filled(speaker: Speaker, msgid: str, plural: str, number: int, parameters: Mapping[str, Any]) -> str:
    sentence = speaker.ngettext(msgid, plural, number) if plural else speaker.gettext(msgid)
    if not parameters:
        return sentence
    return sentence % {name: _parameter(speaker, value) for name, value in parameters.items()}


def _parameter(speaker: Speaker, value: Any) -> Any:
    if isinstance(value, int):
        return speaker.number(value)
    if isinstance(value, Text):
        return str(value) if speaker is _ENGLISH else value.translated()
    return value


@cache
def gettext(msgid: str) -> Text:
    """Marks a sentence for translation, as Django's function of this name does, and leaves it to the reader."""
    return Text(msgid)


def ngettext(singular: str, plural: str, number: int) -> Text:
    """Marks a sentence about `number` things; the number fills a placeholder as everything else does."""
    return Text(singular, plural, number)


def said(text: str) -> str:
    """The text in the language that is active; what is no `Text` as it is."""
    return text.translated() if isinstance(text, Text) else text


def either(names: Sequence[str]) -> str:
    """One or several names, of which one is to be chosen."""
    return _joined(gettext("%(one)s or %(other)s"), names)


def both(names: Sequence[str]) -> str:
    """One or several names, of which all are meant."""
    return _joined(gettext("%(one)s and %(other)s"), names)


def _joined(pattern: Text, names: Sequence[str]) -> str:
    return reduce(lambda before, name: pattern % {"one": before, "other": name}, names)


def labelled(label: str | None, text: str) -> str:
    """What is said about a column or a field, which begins with its name; with none about the whole."""
    return gettext("%(column)s: %(detail)s") % {"column": label, "detail": text} if label else text


def stored(text: str) -> Any:
    """A text as JSON, for `restored` and `spoken`."""
    if not isinstance(text, Text):
        return text
    found: dict[str, Any] = {"msgid": text.msgid}
    if text.plural:
        found |= {"plural": text.plural, "number": text.number}
    if text.parameters:
        found["parameters"] = {name: stored(value) for name, value in text.parameters.items()}
    return found


def restored(found: Any) -> Any:
    """The text that was stored."""
    if not _is_text(found):
        return found
    parameters = {name: restored(value) for name, value in found.get("parameters", {}).items()}
    return Text(found["msgid"], found.get("plural", ""), found.get("number", 1), parameters)


def spoken(value: Any) -> Any:
    """Stored JSON in which every text is said in the language that is active."""
    if _is_text(value):
        return said(restored(value))
    if isinstance(value, Mapping):
        return {name: spoken(inner) for name, inner in value.items()}
    return [spoken(inner) for inner in value] if isinstance(value, list | tuple) else value


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and "msgid" in value
