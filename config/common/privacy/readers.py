"""Who reads residents, as the trail of reads names them."""

import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from config.common.accounts.models import ApiToken
from config.common.http.callers import client_address

_VIA, _ADDRESS = 200, 64

# Import and citizen; None: all of the import.
Residents = Iterable[tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A person or program: the account, how it signed in, and from where. A command has no account."""

    account_id: int | None
    username: str
    via: str
    request_id: str = ""
    address: str = ""

    @classmethod
    def of(cls, request: HttpRequest | Request) -> "Reader":
        """Whoever signed in for the request."""
        token: Any = getattr(request, "auth", None)
        return cls(
            account_id=request.user.pk,
            username=request.user.get_username(),
            via=f"token {token}"[:_VIA] if isinstance(token, ApiToken) else "session",
            request_id=str(request.META.get("HTTP_X_REQUEST_ID", "")),
            address=client_address(request.META)[:_ADDRESS],
        )

    @classmethod
    def at_command(cls, name: str) -> "Reader":
        """Whoever runs `manage.py name`: the machine knows their name, or only their number."""
        try:
            username = getpass.getuser()
        except (KeyError, OSError):
            username = "unknown"
        return cls(account_id=None, username=username[:150], via=f"command {name}")
