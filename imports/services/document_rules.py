"""The rules of today's documents, and of corrections of what was stored under others."""

from datetime import UTC, date, datetime

from django.conf import settings

from imports.documents.rules import Rules
from imports.fields import LISTS
from imports.models import Citizen


def rules_on(day: date | None = None) -> Rules:
    """The rules for documents that came on `day`, by default today in UTC."""
    return Rules(today=day or datetime.now(UTC).date(), longest=longest_lists())


def longest_lists() -> dict[str, int]:
    """How many ids each list of a resident may have."""
    return {name: getattr(settings, f"CITIZEN_MAX_{name.upper()}") for name in LISTS}


def rules_for(citizen: Citizen) -> Rules:
    """The rules for a correction of `citizen`: a list that is longer than today's limit need not become shorter, but
    may not grow.

    Only the resident's own lists are known here; whether the others have room, `correct_resident` sees under its locks.
    """
    rules = rules_on()
    longest = {name: max(most, len(getattr(citizen, name))) for name, most in rules.longest.items()}
    return rules._replace(longest=longest)
