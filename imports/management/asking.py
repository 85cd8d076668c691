"""How commands ask whoever runs them."""


class NobodyThere(Exception):
    """Nobody can be asked: standard input is at its end, or closed."""


def has_typed(word: str, *, after: str) -> bool:
    """Whether somebody types `word` when asked by the words of `after`. Raises `NobodyThere`."""
    try:
        return input(after) == word
    except (EOFError, RuntimeError, ValueError) as error:
        raise NobodyThere from error
