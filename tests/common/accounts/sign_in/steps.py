"""A browser without a screen that signs in as people do."""

import re
from base64 import b32decode
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from config.common.accounts.services.second_factor import enrol

PASSWORD = "a long password"
# What `opens` finds for a stranger, and for whoever has signed in.
NOTHING = [401, 302, 302, 302]
EVERYTHING = [200] * 4


def app_code(key: str) -> str:
    """What the app shows for the hexadecimal `key`."""
    return f"{totp(bytes.fromhex(key)):06d}"


def person_with_factor(username: str = "ada") -> tuple[User, str, list[str]]:
    """A superuser, the key in the app, and the recovery codes. The code of this moment is used up."""
    user = User.objects.create_superuser(username, password=PASSWORD)
    key = random_hex()
    return user, key, enrol(user=user, key=key, code=app_code(key))


def give_password(client: Client, username: str = "ada", password: str = PASSWORD, **extra: Any) -> Any:
    """The answer to the first step."""
    return client.post("/admin/login/?next=/admin/auth/user/", {"username": username, "password": password}, **extra)


def give_code(client: Client, code: str, **extra: Any) -> Any:
    """The answer to the second step."""
    return client.post("/admin/login/code/", {"code": code}, **extra)


def shown_codes(html: str) -> list[str]:
    """The recovery codes of a page."""
    return re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", html)


def shown_secret(html: str) -> str:
    """The secret of the set-up page, hexadecimal."""
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', html)
    assert found
    return b32decode(found[1].replace(" ", "")).hex()


def forgive(user: User) -> None:
    """Ends the wait after a wrong code."""
    TOTPDevice.objects.filter(user=user).update(throttling_failure_timestamp=None, throttling_failure_count=0)


def opens(client: Client) -> list[int]:
    """What this browser gets of the API, the admin, the page of demand and the profiler's."""
    paths = ("/imports", "/admin/", "/analytics/", "/silk")
    return [client.get(path, HTTP_ACCEPT="text/html,*/*").status_code for path in paths]
