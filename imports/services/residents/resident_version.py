"""What a citizen looked like to somebody who wants to change them."""

import json
from hashlib import sha256

from imports.fields import EDITABLE, written
from imports.models import Citizen


def version_of(citizen: Citizen) -> str:
    """The same for the same values, another for others: whoever changes nothing makes no new version."""
    return sha256(json.dumps(written(citizen, EDITABLE)).encode()).hexdigest()
