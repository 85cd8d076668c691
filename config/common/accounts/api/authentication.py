"""Who is calling: an API token for programs, Django's session for people in a browser."""

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from config.common.accounts.models import ApiToken

SCHEME = "Token"


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Token <key>`: one query on the hash of the key.

    Knox's own authenticator looks candidates up by the first characters of the key, deletes expired tokens while it
    reads and fails with a 500 on bytes that are not UTF-8; this one does none of that.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        key = key.strip()
        now = timezone.now()
        # A key is hexadecimal; anything else cannot be one and need not reach the database.
        token = ApiToken.objects.live(hash_token(key), now=now) if key.isascii() and key.isalnum() else None
        if token is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."))
        ApiToken.objects.note_use(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class ApiSessionAuthentication(SessionAuthentication):
    """Django's session, with its CSRF check. A name of its own for the OpenAPI document."""

    def enforce_csrf(self, request: Request) -> None:
        # The check looks for a form's field, and DRF's request would parse the body to show it one.
        sent: HttpRequest = request._request
        if settings.CSRF_HEADER_NAME in sent.META and not hasattr(sent, "_post"):
            # With the header it needs no form, and the view reads the body itself: Django would have read it by then.
            sent._post = QueryDict()  # type: ignore[attr-defined]  # what `POST` gives
        super().enforce_csrf(sent)  # type: ignore[arg-type]  # the check takes Django's request
