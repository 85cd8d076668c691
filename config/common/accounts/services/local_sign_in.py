"""The sign-in that `make run` shows: made once on this machine, kept in the data folder, readable by its owner."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from knox.crypto import hash_token

from config.common.accounts.models import ApiToken
from config.common.accounts.roles import MANAGERS
from config.common.accounts.services.tokens import issue_token

ADMIN = "admin"
PROGRAM = "demo"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A password for the admin and a token for the API. `password` is empty once somebody has set another."""

    username: str
    password: str
    token: str


@transaction.atomic
def local_sign_in(path: Path) -> SignIn:
    """The sign-in kept at `path`; whatever of it does not hold in this database is made anew and written there."""
    kept = _read(path)
    sign_in = SignIn(ADMIN, _admin_password(kept.get("password", "")), _token(kept.get("token", "")))
    if asdict(sign_in) != kept:
        _write(path, sign_in)
    return sign_in


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(path: Path, sign_in: SignIn) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(asdict(sign_in)))


def _admin_password(kept: str) -> str:
    users = get_user_model().objects
    admin = users.filter(username=ADMIN).first()
    if admin is None:
        password = secrets.token_urlsafe(12)
        users.create_superuser(username=ADMIN, password=password)
        return password
    return kept if kept and admin.check_password(kept) else ""


def _token(kept: str) -> str:
    if kept and ApiToken.objects.live(hash_token(kept), now=timezone.now()):
        return kept
    _, key = issue_token(username=PROGRAM, role=MANAGERS, label="make run")
    return key
