"""Which code page of Windows a text is in, said only where all of it speaks for one."""

import re
from collections.abc import Callable

WESTERN, CYRILLIC = "cp1252", "cp1251"

# Signs beyond ASCII that people write, and those of them that stand between two letters.
_SIGNS = frozenset("\u00a0«»“”‘’„–—…°·€¿¡№•´§")
_BETWEEN = frozenset("\u00a0’·")
_WORD = re.compile(r"[^\W_ªº]+")
_VOWELS = "aeiouáéíóúàâäëïöüy"
# Of a text in a code page of Central Europe, the Baltic or Turkey, read as Western: letters and places that no Western
# name has. `è` is `č` there, `ø` is `ř`, `ñ` is `ń`, `õ` is `ő`.
_DOUBTFUL = re.compile(
    rf"[ðþýÿšžœûƒ]|õ(?!e)|ã(?![oes]|\b)|ñ(?![{_VOWELS}])|[èøæ](?=[{_VOWELS}])|(?<=[{_VOWELS}])[èøæ]", re.IGNORECASE
)
_CYRILLIC_LETTERS = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў")
# More than half of Russian, Ukrainian and Belarusian; of a text in KOI8-R, read as Windows-1251, a quarter.
_FREQUENT = frozenset("оеаинтсрвлі")
_LEAST_FREQUENT = 0.4
_MOST_ODD_WORDS = 0.05
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def code_page_of(sample: bytes) -> str | None:
    """`cp1252` or `cp1251` where every letter of `sample` is one of a word that is written so; else None."""
    found = [page for page, fits in ((WESTERN, _is_western), (CYRILLIC, _is_cyrillic)) if _fits(sample, page, fits)]
    return found[0] if len(found) == 1 else None


def _fits(sample: bytes, page: str, fits: Callable[[list[str]], bool]) -> bool:
    try:
        text = sample.decode(page)
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(text) and _has_only_signs_of_texts(text) and fits(_words(text))


def _has_only_signs_of_texts(text: str) -> bool:
    """Whether what is neither ASCII nor a letter stands where people put it: not within a word."""
    for found in re.finditer(r"[^\x00-\x7f]", text):
        sign, place = found.group(), found.start()
        if sign.isalpha():
            continue
        is_between = text[place - 1 : place].isalpha() and text[place + 1 : place + 2].isalpha()
        if sign not in _SIGNS or (is_between and sign not in _BETWEEN):
            return False
    return True


def _words(text: str) -> list[str]:
    """The words in which there is a letter beyond ASCII."""
    words = (re.sub("[0-9]", "", word) for word in _WORD.findall(text) if not word.isascii())
    return [word for word in words if word]


def _is_western(words: list[str]) -> bool:
    if not all(word.isalpha() for word in words) or any(map(_DOUBTFUL.search, words)):
        return False
    # A letter that stands alone, `à`, says nothing; a longer word has a letter without an accent.
    told = [word for word in words if len(word) > 1]
    return bool(told) and all(re.search("[A-Za-z]", word) and not re.search("[a-z][À-Þ]", word) for word in told)


def _is_cyrillic(words: list[str]) -> bool:
    letters = "".join(words).lower()
    if not letters or not _CYRILLIC_LETTERS.issuperset(letters):
        return False
    told = [word for word in words if len(word) > 1]
    odd = sum(not (word.isupper() or word[1:].islower()) for word in told)
    frequent = sum(letter in _FREQUENT for letter in letters)
    return bool(told) and odd <= _MOST_ODD_WORDS * len(told) and frequent >= _LEAST_FREQUENT * len(letters)
