"""The smallest application that a web server can serve."""

from collections.abc import Callable, Iterable


def application(_environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def broken(_environ: dict[str, object], _start_response: Callable[..., object]) -> Iterable[bytes]:
    raise ValueError("the town of a citizen")
