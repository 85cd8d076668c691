"""The words of tables: what columns and genders are called in English, Spanish and Russian (`data/words.json`)."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).parent / "data" / "words.json"


def folded(text: str) -> str:
    """`text` as words are compared: `Fecha de  nacimiento:` and `fecha_de_nacimiento` are one, and `é` is `e`."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


@cache
def words() -> dict[str, dict[str, dict[str, list[str]]]]:
    """The file: `columns` and `genders`; under each a value's names by language."""
    content: dict[str, dict[str, dict[str, list[str]]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return content


@cache
def column_names() -> Mapping[str, str]:
    """The field of each folded name of a column."""
    return _by_word("columns")


@cache
def gender_words() -> Mapping[str, str]:
    """The gender of each folded word; not of `m`, `f` and `h`, which mean something only together."""
    return _by_word("genders")


def _by_word(part: str) -> Mapping[str, str]:
    found = {
        folded(word): value
        for value, languages in words()[part].items()
        for some in languages.values()
        for word in some
    }
    return MappingProxyType(found)
