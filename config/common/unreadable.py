"""A request's body that does not come to its end."""

from django.http import HttpRequest

from config.common.problems import FieldError, InvalidInput, Problem, TooSlow


def as_problem(error: OSError) -> Problem:
    """`TooSlow` where the caller took too long, else `InvalidInput`: the caller went away, or broke the framing.

    Django wraps the web server's error, which is the cause.
    """
    if isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError):
        return too_slow()
    return truncated()


def too_slow() -> TooSlow:
    """What a body that trickles is refused with."""
    return TooSlow("The body came too slowly. Nothing was stored.")


def truncated() -> InvalidInput:
    """What half a body is refused with: it must not be taken for a whole one."""
    return InvalidInput("The body ended too early.", errors=[FieldError("", "truncated", "The body is not whole.")])


def was_too_slow(request: HttpRequest) -> bool:
    """Whether reading the body was given up, also where whoever read it made nothing of that."""
    reader = getattr(request.META.get("wsgi.input"), "reader", None)
    return bool(getattr(reader, "is_too_slow", False))
