"""Names of towns made comparable: `Saint-Étienne`, `ST. ETIENNE` and `saint etienne` are one name."""

import re
import unicodedata

# Written above, below or in letters: accents of Latin, Cyrillic and Greek, points of Hebrew and Arabic. The signs of
# other scripts stay, for there they are vowels.
_MARKS = ((0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670))
_APOSTROPHES = "'`´‘’‛ʹʺʻʼʽʾʿ′ʹ＇"
# Letters that are no letter with a mark to Unicode, but to those who type them.
_PLAIN = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t"}
    # Persian's and Urdu's letters, and those that Arabic writes in two ways.
    | {"ک": "ك", "ی": "ي", "ى": "ي", "ہ": "ه", "ھ": "ه", "ة": "ه"}
)
_SHORT_WORDS = {"st": "saint", "ste": "sainte", "sta": "santa", "sto": "santo", "ft": "fort", "mt": "mount"}


class _Cleaning(dict[int, str | None]):
    """What becomes of a character, for `str.translate`; it remembers each that it was asked for."""

    def __missing__(self, point: int) -> str | None:
        self[point] = found = _cleaned(chr(point))
        return found


def _cleaned(character: str) -> str | None:
    if character in _APOSTROPHES or any(first <= ord(character) <= last for first, last in _MARKS):
        return None
    if unicodedata.category(character)[0] in "LMN":
        return character.translate(_PLAIN)
    return " "


_CLEANING = _Cleaning()


def normalise(name: str) -> str:
    """Lower case without accents and apostrophes, words apart by one space, `St.` written out.

    The same again for what is normalised. Empty for a name without letters and digits.
    """
    if name.isascii():
        words = name.lower().translate(_CLEANING).split()
    else:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
        words = unicodedata.normalize("NFC", folded.translate(_CLEANING)).split()
    return " ".join([_SHORT_WORDS.get(word, word) for word in words])


def own_names(name: str) -> list[str]:
    """`Donostia / San Sebastián` has three: the whole, and what each language calls it."""
    return [name, *name.split(" / ")] if " / " in name and "(" not in name else [name]


def key_of(name: str) -> str:
    """Gives what two spellings of one name have in common: as normalised, and without spaces."""
    return normalise(name).replace(" ", "")


def spelling(name: str) -> str:
    """Lower case with accents: tells `San José` from `San Jose`."""
    return unicodedata.normalize("NFC", name.casefold()).translate(_HYPHENS).strip()


_HYPHENS = str.maketrans(dict.fromkeys("-‐‑–—", " ") | dict.fromkeys(_APOSTROPHES))

# One language's letters are written in Latin in several ways; the places of the world follow these.
_RUSSIAN = dict(
    zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True),
    ё="yo", ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="yu", я="ya",
)  # fmt: skip
_LATIN = (
    _RUSSIAN,
    _RUSSIAN | {"ё": "e", "х": "h", "й": "i", "ю": "iu", "я": "ia"},
    _RUSSIAN | {"г": "h", "и": "y", "й": "i", "і": "i", "ї": "i", "є": "ie", "ґ": "g", "ю": "iu", "я": "ia"},
    _RUSSIAN | {"г": "h", "и": "y", "і": "i", "ї": "yi", "є": "ye", "ґ": "g"},
    _RUSSIAN | {"щ": "sht", "ъ": "a", "х": "h"},
    _RUSSIAN | {"ё": "io", "г": "h", "і": "i", "ў": "u", "й": "j", "ю": "ju", "я": "ja", "ж": "z", "ш": "s", "ч": "c"},
    _RUSSIAN | {"ј": "j", "ђ": "dj", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ж": "z", "ш": "s", "ч": "c", "ц": "c",
                "х": "h"},
)  # fmt: skip
_TABLES = tuple(map(str.maketrans, _LATIN))
_CYRILLIC = re.compile("[а-яёђѓєѕіїјљњћќўџґ]")
# `City of London`, `г. Москва`, once they are in Latin letters.
_WITHOUT = re.compile(
    "^(city of|ciudad de|cidade de|ville de|stadt|citta di|misto|gorod|gor|grad|gr|g|m|greater|metro|gran|orasul|oras"
    "|municipiul|municipio de|municipality of|commune de|comune di|distrito metropolitano de|distrito de) (?=.)"
    "|(?<=.) (metropolitana|cercado|ciudad|ciutat|city|stadt|capital|centro|d c|dc|d f|df|d m|d n|m d c|sar|cedex)$"
)
_LONG_WORDS = {
    "cd": "ciudad", "cdad": "ciudad", "pto": "puerto", "pta": "punta", "nva": "nueva", "nvo": "nuevo",
    "gral": "general", "bs": "buenos", "as": "aires", "s": "san", "vla": "villa", "hda": "hacienda",
}  # fmt: skip
_SAINTS = ("saint", "san", "sankt", "sant", "sint", "sao", "sv")


def in_latin(name: str) -> str | None:
    """A name in Cyrillic as a Russian would write it in Latin; None for one that has no Cyrillic letter."""
    spelt = name.casefold()
    return spelt.translate(_TABLES[0]) if _CYRILLIC.search(spelt) else None


def other_spellings(name: str) -> list[str]:
    """Keys of the same name in Latin letters, without the word for a city, and with its saint in other languages;
    without its own key."""
    spelt = unicodedata.normalize("NFC", name.casefold())
    written = [spelt.translate(table) for table in _TABLES] if _CYRILLIC.search(spelt) else [spelt]
    keys: dict[str, None] = {}
    for one in written:
        words = " ".join([_LONG_WORDS.get(word, word) for word in normalise(one).split()])
        first, _, rest = _WITHOUT.sub("", words).partition(" ")
        keys |= dict.fromkeys([words.replace(" ", ""), (first + rest).replace(" ", "")])
        if first in _SAINTS and rest:
            keys |= dict.fromkeys((saint + rest).replace(" ", "") for saint in _SAINTS)
    keys.pop(key_of(name), None)
    return list(keys)


# What one sound is written as in Spanish, English, French, German and by those who write other alphabets in Latin, in
# the order of the replacements.
_SOUNDS = tuple(
    (re.compile(written), sound)
    for written, sound in (
        ("tsch|tch|sch|tsh|ch|sh|zh|cz|sz|x|j", "S"),
        ("qu(?=[ei])|ck|q", "k"),
        ("c(?=[eiy])|z", "s"),
        ("kh|c", "k"),
        ("gu(?=[ei])|gh", "g"),
        ("ph", "f"),
        ("ou|oo", "u"),
        ("ee|y", "i"),
        ("w", "v"),
        ("h", ""),
        (r"(.)\1+", r"\1"),
    )
)


def sound(key: str) -> str:
    """Gives what the key of a name sounds like, roughly: `Marraquech` as `Marrakesh`, `Uxda` as `Oujda`."""
    for written, heard in _SOUNDS:
        key = written.sub(heard, key)
    return key
