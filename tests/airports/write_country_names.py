"""`make country-names`: writes what countries are called in the other languages of the pages.

The names are those of Unicode's CLDR (Unicode License v3), from the package `babel`, which the product does not need.
"""

import json

from babel import Locale

from airports.countries import NAMES, all_countries
from tests.translations import LANGUAGES


def main() -> None:
    """Writes the file anew: by language, then by ISO code."""
    names = {
        language: {code: Locale.parse(language).territories[code] for code, _ in sorted(all_countries())}
        for language in LANGUAGES
        if language != "en"
    }
    NAMES.write_text(json.dumps(names, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
