"""`make country-names`: adds the names of countries in the languages of those who deliver, and in their own.

The names are those of Unicode's CLDR (Unicode License v3), from the package `babel`, which the product does not need;
what `data/country_names.json` has already, of Debian's iso-codes and the short names that people use, stays.
"""

import json

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from analytics.places.names import key_of
from analytics.places.regions import COUNTRY_NAMES

# Spain's and its neighbours', and those of the countries from which most people come.
_LANGUAGES = (
    *("es", "ca", "eu", "gl", "fr", "it", "de", "pt", "pl", "ro", "ru", "uk", "be", "bg", "ka", "hy", "kk", "ar", "zh"),
    *("nl", "tr", "ur", "hi", "en"),
)


def main() -> None:
    """Writes the file anew: by ISO code, each name once however it is spelt."""
    known: dict[str, list[str]] = json.loads(COUNTRY_NAMES.read_text(encoding="utf-8"))
    for code, names in known.items():
        languages = (*_LANGUAGES, *get_official_languages(code, regional=True))
        keys = {key_of(name) for name in names}
        for name in filter(None, (_name(code, language) for language in languages)):
            if key_of(name) not in keys:
                keys.add(key_of(name))
                names.append(name)
    lines = [f' "{code}": {json.dumps(names, ensure_ascii=False)}' for code, names in known.items()]
    COUNTRY_NAMES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _name(code: str, language: str) -> str | None:
    try:
        name: str | None = Locale.parse(language).territories.get(code)
    except UnknownLocaleError:
        return None
    return name


if __name__ == "__main__":
    main()
