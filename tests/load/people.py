"""`python -m tests.load.people FILE`: a database with the roles' tokens, and people who can sign in.

Writes JSON: `tokens` by role, and `staff`, each with a name, a password and recovery codes that sign in once each.
"""

import json
import sys
from pathlib import Path
from typing import Any

STAFF = 8
_PASSWORD = "a password of a load run"


def main() -> int:
    """Migrates the database first."""
    import django

    django.setup()

    from django.core.management import call_command

    from config.common.accounts.roles import ROLES
    from config.common.accounts.services.tokens import issue_token

    call_command("migrate", verbosity=0)
    tokens = {role: issue_token(username=f"program-{role.lower()}", role=role)[1] for role in ROLES}
    roles = sorted(ROLES)
    staff = [_person(number, roles[number % len(roles)]) for number in range(STAFF)]
    path = Path(sys.argv[1])
    path.touch(mode=0o600)
    path.write_text(json.dumps({"tokens": tokens, "staff": staff}))
    return 0


def _person(number: int, role: str) -> dict[str, Any]:
    from django.contrib.auth.models import Group, User
    from django_otp.oath import totp
    from django_otp.util import random_hex

    from config.common.accounts.services.second_factor import enrol

    user = User.objects.create_user(f"person-{number}", password=_PASSWORD)
    user.groups.add(Group.objects.get(name=role))
    key = random_hex()
    codes = enrol(user=user, key=key, code=f"{totp(bytes.fromhex(key)):06d}")
    return {"username": user.username, "password": _PASSWORD, "role": role, "codes": codes}


if __name__ == "__main__":
    sys.exit(main())
