"""How many of something, as people say it."""


def counted(number: int, one: str, many: str = "") -> str:
    """Writes `1 town`, `12,345 towns`. `many` is the plural of a word that takes more than an `s`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
