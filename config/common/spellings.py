"""Makes spellings comparable: those of one town, one channel or one source have one fold. Knows no database."""

import unicodedata
from functools import lru_cache

# Characters of a fold: Unicode's compatibility form of one may be eighteen, and an index takes no texts of any length.
MAX_FOLD = 256
# What passes over repeats itself: towns and channels of a delivery, and of all deliveries of a source.
_REMEMBERED = 20_000


@lru_cache(maxsize=_REMEMBERED)
def fold(text: str) -> str:
    """Folds a spelling: `" Bogotá"`, `"BOGOTÁ"` and the same with a combining accent are `"bogotá"`.

    Unicode's compatibility form (NFKC) of the folded case, without format characters, one space for each run of spaces
    between words and none around them; cut after `MAX_FOLD` characters. What is folded stays as it is.
    """
    if text.isascii():
        return " ".join(text.lower().split())[:MAX_FOLD].rstrip()
    kept = "".join(character for character in text if unicodedata.category(character) != "Cf")
    # Unicode's compatibility caseless matching (The Unicode Standard, D146), composed in the end.
    cased = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", kept).casefold()).casefold()
    return " ".join(unicodedata.normalize("NFKC", cased).split())[:MAX_FOLD].rstrip()
