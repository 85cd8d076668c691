"""A language in which every text that went through gettext stands in marks, so that all else is seen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
# Spanish, since there is a language of this code, with formats of its own; its texts are not looked up.
LANGUAGE = "es"
_CONTEXT = "\x04"
_MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
# Elements whose text is code, or is said by nobody.
_SILENT = {"script", "style", "code", "pre", "kbd", "svg", "template"}
_ALONE = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SAID = ("title", "aria-label", "placeholder", "alt", "data-confirm", "label")
_WORD = re.compile(r"[^\W\d_]{2,}")


class Marking(NullTranslations):
    """Stands in for a catalogue. `asked` are the texts that somebody wanted, with a context before `\\x04`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return _marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add(msgid1)
        return _marked(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        """As Django's own translations have it."""
        return LANGUAGE

    to_language = language


def _marked(message: str) -> str:
    context, _, text = message.rpartition(_CONTEXT)
    # Formats, as in `pgettext("format", …)`, are no text; neither is nothing.
    return text if not text.strip() or not _WORD.search(text) or context == "format" else f"{OPEN}{text}{CLOSE}"


@contextmanager
def marking() -> Iterator[Marking]:
    """What is answered in Spanish meanwhile is marked."""
    # Where Django keeps the catalogues that it has read.
    known: dict[str, Any] = vars(trans_real)["_translations"]
    instead, real = Marking(), trans_real.translation(LANGUAGE)
    known[LANGUAGE] = instead
    try:
        yield instead
    finally:
        known[LANGUAGE] = real


class _Texts(HTMLParser):
    """The texts of a page that somebody reads or hears, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[bool] = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        silent = (
            self._silent[-1]
            or tag in _SILENT
            or given.get("translate") == "no"
            or "material-symbols" in given.get("class", "")
        )
        if not silent:
            self.found += [given[name] for name in _SAID if name in given]
            if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
                self.found.append(given.get("value", ""))
        if tag not in _ALONE:
            self._silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ALONE and len(self._silent) > 1:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent[-1]:
            self.found.append(data)


def texts_of(html: str) -> list[str]:
    """What `html` says."""
    parser = _Texts()
    parser.feed(html)
    return parser.found


def without_marked(text: str) -> str:
    """`text` without what stands in marks, from the innermost outwards."""
    left = text
    while (shorter := _MARKED.sub("", left)) != left:
        left = shorter
    return left


def unmarked(texts: list[str], data: Any = ()) -> list[str]:
    """Those of `texts` in which words stand outside of marks; `data` are expressions of what is no text of ours."""
    known = re.compile("|".join(data) or r"(?!)")
    left = [" ".join(known.sub("", without_marked(text)).split()) for text in texts]
    return [text for text in left if _WORD.search(text)]
