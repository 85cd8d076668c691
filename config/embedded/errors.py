"""What goes wrong with the embedded services, in words for the person at the terminal."""

import sys


class EmbeddedError(Exception):
    """The services cannot be started, joined or removed; the message says why and what helps."""


def say(message: str) -> None:
    """Tell the person at the terminal; standard output stays free for what commands print."""
    print(f"demanda: {message}", file=sys.stderr, flush=True)
