"""Texts as people search for them: what is left when accents, case, apostrophes, kinds of dashes, doubled spaces and
format characters do not count. `config.common.db.folded` does the same in PostgreSQL.

A folded text is made letter by letter, so of each letter it is known which others fold to it: a regular expression of
these finds a text among a million that nobody folded.

Of marks these are dropped that people leave out: of Latin, Greek, Cyrillic, Hebrew, Arabic and Syriac letters. In other
scripts they are letters: Ka and Ga of Japanese would be one.
"""

import re
import unicodedata
from collections import defaultdict
from functools import cache

# Parts of classes of characters, in what Python's and PostgreSQL's regular expressions both understand. The generated
# column of airports is made of them: a change needs a migration that makes it anew.
#
# What stands for an apostrophe, the raised dot of Catalan too.
APOSTROPHES = (
    r"\u0027\u0060\u00B4\u00B7\u02B9\u02BB-\u02BF\u02C8\u02CA\u02CB\u055A\u05F3"
    r"\u2018\u2019\u201B\u2032\u2035\uA78B\uA78C\uFF07"
)
# Accents that stand alone, of which NFKD makes a space and a combining mark.
ACCENTS = r"\u00A8\u00AF\u00B4\u00B8\u02D8-\u02DD"
# Controls, combining marks, the line that lengthens Arabic words, and format characters.
_MARKS = (
    r"\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u0300-\u036F\u0483-\u0489"
    r"\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0600-\u0605\u0610-\u061A\u061C\u0640\u064B-\u065F\u0670\u06D6-\u06DD"
    r"\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u070F\u0711\u0730-\u074A\u0890\u0891\u0897-\u089F\u08CA-\u08FF\u180B-\u180F"
    r"\u1AB0-\u1ACE\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20D0-\u20F0\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF"
    r"\uFFF9-\uFFFB\U000E0001\U000E0020-\U000E007F\U000E0100-\U000E01EF"
)
DROPPED = APOSTROPHES + _MARKS
# Spaces but the blank, as they are after NFKD, and dashes.
GAPS = r"\u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0"
# Letters that are not decomposed. The first ones become one letter, the others two.
SINGLES = ("øłđðħŧıς", "olddhtiσ")
PAIRS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}

_ACCENTS, _DROPPED = re.compile(f"[{ACCENTS}]"), re.compile(f"[{DROPPED}]")
_SPACES = re.compile(f"[ {GAPS}]+")
_LETTERS = str.maketrans(dict(zip(*SINGLES, strict=True)) | PAIRS)
# All characters that do not fold to themselves are among these, and those that Unicode may add.
_FOLDING = (
    *range(0x1, 0x3400), *range(0xA640, 0xD7A4), *range(0xF900, 0x10000), *range(0x10400, 0x11A00),
    *range(0x16E40, 0x16F00), *range(0x1CC00, 0x1FC00), *range(0x2F800, 0x2FA20), *range(0xE0000, 0xE0200),
)  # fmt: skip
# Dropped characters that are in names often, and those of ASCII.
BETWEEN = f"[{APOSTROPHES}\\u0001-\\u0008\\u000E-\\u001F\\u007F]"
_BETWEEN = re.compile(BETWEEN)
# So many letters are looked for by a regular expression: few texts are left of which the rest is to be compared.
_LONGEST = 32


def fold(text: str) -> str:
    """What is left of `text`, perhaps nothing."""
    return _SPACES.sub(" ", _letters(text)).strip(" ")


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", _ACCENTS.sub("", text))
    return _DROPPED.sub("", plain).lower().translate(_LETTERS)


def spellings(text: str) -> list[str]:
    """`text` as it is, and as it is written in other cases."""
    return list(dict.fromkeys([text, text.lower(), text.upper(), text.title()]))


def beginnings(folded: str) -> list[int]:
    """Every character (its code point) with which a text may begin that, folded, begins with `folded`."""
    first = {char for letters, chars in _made().items() if letters[:1] in {folded[0], "", " "} for char in chars}
    return sorted(first | {ord(folded[0]), ord(" ")})


def pattern(folded: str) -> str:
    """A regular expression for the texts that, folded, begin with `folded`; those apart in which a character of
    `exceptional` stands. Of more than 32 letters it is for those that begin with the first ones."""
    return f"^{_gap()}*" + "".join(map(_any_like, folded[:_LONGEST]))


def is_long(folded: str) -> bool:
    """Whether `pattern` does not say all."""
    return len(folded) > _LONGEST


@cache
def exceptional() -> str:
    """A class of the characters that fold to several letters, or to none; but those that may stand between letters in
    `pattern`. None of them is ASCII."""
    chars = {char for letters, chars in _made().items() if len(letters) != 1 for char in chars}
    return f"[{_class({char for char in chars if not _BETWEEN.match(chr(char))})}]"


@cache
def _any_like(letter: str) -> str:
    chars = _class({ord(letter), *_made().get(letter, ())})
    return f"[{chars}]{_gap()}*" if letter == " " else f"[{chars}]{BETWEEN}*"


def _gap() -> str:
    return f"[{_class({ord(' '), *_made()[' ']})}{BETWEEN[1:]}"


@cache
def _made() -> dict[str, set[int]]:
    """The characters that fold to each text, by it; without those that fold to themselves."""
    made: dict[str, set[int]] = defaultdict(set)
    for char in _FOLDING:
        folded = _SPACES.sub(" ", _letters(chr(char)))
        if folded != chr(char):
            made[folded].add(char)
    return dict(made)


def _class(chars: set[int]) -> str:
    """The characters as ranges in a class. They are written as they are: PostgreSQL compares a regular expression with
    those that it knows at each row, so a short one is quicker."""
    ends: list[list[int]] = []
    for char in sorted(chars):
        if ends and ends[-1][1] == char - 1:
            ends[-1][1] = char
        else:
            ends.append([char, char])
    return "".join(_written(first) + (f"-{_written(last)}" if first < last else "") for first, last in ends)


def _written(char: int) -> str:
    return chr(char) if chr(char).isalnum() else f"\\u{char:04X}" if char < 0x1_0000 else f"\\U{char:08X}"
