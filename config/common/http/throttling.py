"""How often a caller may ask: so many requests a minute, by token, user or address."""

import time
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.common.http.callers import client_address
from config.common.http.counters import WINDOW_SECONDS, counters
from config.common.http.front import was_checked

if TYPE_CHECKING:
    from rest_framework.views import APIView


class CallerThrottle(BaseThrottle):
    """`RATE_LIMIT_TOKEN` requests a minute for a token or a signed-in user, `RATE_LIMIT_ANONYMOUS` for an address."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        who, limit = self._caller(request)
        if limit <= 0:
            return True
        # One whose head came by itself was counted then.
        amount = 0 if was_checked(request.META) else 1
        return counters().add(who, window=int(time.time()) // WINDOW_SECONDS, by=amount) <= limit

    def wait(self) -> float:
        """Seconds until the next window."""
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS

    def _caller(self, request: Request) -> tuple[str, int]:
        if request.auth is not None:
            return f"token:{request.auth.pk[:32]}", settings.RATE_LIMIT_TOKEN
        if request.user and request.user.is_authenticated:
            return f"user:{request.user.pk}", settings.RATE_LIMIT_TOKEN
        return f"address:{client_address(request.META)}", settings.RATE_LIMIT_ANONYMOUS
