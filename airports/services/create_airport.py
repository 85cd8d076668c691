"""Makes an airport."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from airports.fields import Value
from airports.models import Airport
from airports.services.store import store
from airports.services.transactions import in_transaction


def create_airport(*, values: Mapping[str, Value], actor: User | None) -> Airport:
    """The new airport. `values` are parsed by `airports.fields`; what is not named is unknown.

    Raises `Conflict` (`duplicate_code`) where another live airport has one of its codes.
    """
    return in_transaction(lambda: store(Airport(**values), actor=actor))
