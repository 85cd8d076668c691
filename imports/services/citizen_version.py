"""What a citizen looked like to somebody who wants to change them."""

import json
from hashlib import sha256

from imports.models import Citizen

_FIELDS = (
    "town", "street", "building", "apartment", "name", "birth_date", "gender", "relatives", "friends", "channel",
)  # fmt: skip


def version_of(citizen: Citizen) -> str:
    """The same for the same values, another for others: whoever changes nothing makes no new version."""
    values = [str(getattr(citizen, name)) for name in _FIELDS]
    return sha256(json.dumps(values).encode()).hexdigest()
