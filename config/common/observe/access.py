"""Who may see what an operator sees."""

from typing import Any


def may_see_profiles(user: Any) -> bool:
    """Superusers: the records show how the product is built."""
    return bool(user.is_active and user.is_superuser)
