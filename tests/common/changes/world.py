"""What tests of the change log do again and again."""

from typing import Any

from django.contrib.auth.models import User

from config.common.changes.services.read_log import read_all
from config.common.changes.services.streams import Asked, Entry
from imports.fields import Patch
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people

URL = "/admin/changes/recordedchange/"


def log(user: User, **asked: Any) -> list[Entry]:
    """Everything that `user` sees of what is asked for."""
    return [entry for entries in read_all(asked=Asked(**asked), user=user) for entry in entries]


def corrected(import_id: int, citizen_id: int = 1, actor: User | None = None, **values: Any) -> None:
    correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(**values), actor=actor)


def residents(count: int = 1, **values: Any) -> list[dict[str, Any]]:
    return [one | {"town": "Kiev"} | values for one in people(count)]
