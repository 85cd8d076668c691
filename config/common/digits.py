"""Numbers in texts that callers send."""

MAX_INTEGER = 2**63 - 1
_DIGITS = len(str(MAX_INTEGER))


def number_in(text: str) -> int | None:
    """The number from 0 to 2**63 - 1, all that a `bigint` holds, that `text` writes in ASCII digits; or None.

    Python's `isdigit` takes digits of every script, `int` signs, spaces and underscores too.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return None
    number = int(text)
    return number if number <= MAX_INTEGER else None
