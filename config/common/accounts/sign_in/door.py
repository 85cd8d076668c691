"""What is refused before anybody has signed in: bodies that no stranger needs to send, and tries that are too many."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from config.common.http.error_pages import PAGE_PREFIXES, refused
from config.common.problems import TooLarge, TooMany, Unavailable

GetResponse = Callable[[HttpRequest], HttpResponseBase]

MAX_BYTES = 16 * 1024
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# Pages of whoever has no password yet, or forgot it.
_PASSWORDS = "/admin/password/"
_FORMS = ("admin:login", "sign-in-code", "second-factor", "second-factor-set-up")


class DoorMiddleware:
    """Refuses by its head alone what a stranger sends to a page, and what is too large for a form of the sign-in.

    Stands after `request.user` and answers before Django's CSRF check, which reads a whole form for its token. The API
    looks at credentials before it reads.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in _SAFE or not request.path_info.startswith(PAGE_PREFIXES):
            return self.get_response(request)
        if request.path in {reverse(name) for name in _FORMS} or request.path.startswith(_PASSWORDS):
            return _too_large(request) if _length(request) > MAX_BYTES else self.get_response(request)
        return self.get_response(request) if request.user.is_authenticated else _to_sign_in(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Says why a view's try was not let in (`config.common.accounts.sign_in.tries`)."""
        return refused(request, exception) if isinstance(exception, TooMany | Unavailable) else None


def _length(request: HttpRequest) -> int:
    # What comes in chunks, without a length, is read by no page.
    sent = request.META.get("CONTENT_LENGTH") or "0"
    return int(sent) if sent.isascii() and sent.isdigit() else 0


def _too_large(request: HttpRequest) -> HttpResponse:
    return refused(
        request, TooLarge(_("A form of the sign-in has up to %(limit)s bytes.") % {"limit": number_format(MAX_BYTES)})
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # Nobody wants to come back to where one signs out.
    leaves = request.path == reverse("admin:logout")
    return redirect_to_login(reverse("admin:index") if leaves else request.get_full_path())
