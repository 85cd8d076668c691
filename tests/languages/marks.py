"""A language in which every text that went through gettext stands in marks, so that all else is seen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from tests.translations import Marked, speaking

OPEN, CLOSE = "⟦", "⟧"
# Spanish, since there is a language of this code, with formats of its own; its texts are not looked up.
LANGUAGE = "es"
_CONTEXT = "\x04"
_MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
# Elements whose text is code, or is said by nobody.
_SILENT = {"script", "style", "code", "pre", "kbd", "svg", "template"}
_ALONE = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SAID = ("title", "aria-label", "placeholder", "alt", "data-confirm", "label")
# Of so many parts at most a text is: what was cut off before its mark must not hide the rest of the page.
_MOST_PARTS = 12
_WORD = re.compile(r"[^\W\d_]{2,}")


class Marking(Marked):
    """Stands in for a catalogue. `asked` are the texts that somebody wanted, with a context before `\\x04`."""

    def __init__(self) -> None:
        super().__init__(LANGUAGE)
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return _marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add(msgid1)
        return _marked(msgid1 if n == 1 else msgid2)


def _marked(message: str) -> str:
    context, _, text = message.rpartition(_CONTEXT)
    # Formats, as in `pgettext("format", …)`, are no text; neither is nothing.
    return text if not text.strip() or not _WORD.search(text) or context == "format" else f"{OPEN}{text}{CLOSE}"


@contextmanager
def marking() -> Iterator[Marking]:
    """What is answered in Spanish meanwhile is marked."""
    instead = Marking()
    with speaking(instead):
        yield instead


class _Texts(HTMLParser):
    """The texts of a page that somebody reads or hears, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[bool] = [False]
        # In how many marks the text stands: an element may begin and end in one.
        self._depth = 0

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
            self.found.append("".join(letter for letter in data if self._is_outside(letter)))

    def _is_outside(self, letter: str) -> bool:
        self._depth += (letter == OPEN) - (letter == CLOSE)
        return self._depth == 0 and letter != CLOSE


def texts_of(html: str) -> list[str]:
    """What `html` says, of what stands in elements only that which is not marked."""
    parser = _Texts()
    parser.feed(html)
    return parser.found


def without_marked(text: str) -> str:
    """`text` without what stands in marks, from the innermost outwards."""
    left = text
    while (shorter := _MARKED.sub("", left)) != left:
        left = shorter
    return left


def _whole(texts: list[str]) -> Iterator[str]:
    """Puts together what is one text with elements in it, as a sentence with a link: its marks are in several parts."""
    place = 0
    while place < len(texts):
        ends = (end for end in range(place + 1, place + _MOST_PARTS) if _is_closed("".join(texts[place:end])))
        end = next(ends, place + 1)
        yield " ".join(texts[place:end])
        place = end


def _is_closed(text: str) -> bool:
    return text.count(OPEN) == text.count(CLOSE)


def unmarked(texts: list[str], data: Any = ()) -> list[str]:
    """Those of `texts` in which words stand outside of marks; `data` are expressions of what is no text of ours."""
    known = re.compile("|".join(data) or r"(?!)")
    left = [" ".join(known.sub("", without_marked(text)).split()) for text in _whole(texts)]
    return [text for text in left if _WORD.search(text)]
