"""What a view declares about all its answers, for the middleware around it."""

from django.urls import ResolverMatch


def declares(match: ResolverMatch | None, name: str) -> bool:
    """Whether the view behind an address, if there is one, has the attribute `name` and it is true."""
    view = getattr(match.func, "cls", None) if match else None
    return bool(getattr(view, name, False))
