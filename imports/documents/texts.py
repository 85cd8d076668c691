"""What a text must be, beyond its length."""

import re

NUL = "\x00"
HALF_SURROGATE = re.compile("[\ud800-\udfff]")


def has_letter_or_digit(text: str) -> bool:
    """Whether any character is a letter or a digit of any script."""
    # The first character decides for nearly every text.
    return text[:1].isalnum() or any(map(str.isalnum, text))


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can keep it: no NUL character, no half of a surrogate pair."""
    return NUL not in text and HALF_SURROGATE.search(text) is None
