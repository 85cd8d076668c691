"""In which language and by which clock a request is answered."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from config.common.accounts.services.preferences import preferences_of
from config.common.http.callers import acting
from config.common.http.error_pages import is_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_HOME = "/"
# What has words of ours in it; the words of other JSON are data, but for the errors of a delivery.
_WORDS = ("text/html", "application/problem+json")
_SOME_WORDS = (*_WORDS, "application/json")


class LocaleMiddleware:
    """The API answers by `Accept-Language` alone, at UTC; pages by what their reader chose, else by the cookie.

    The language stays active while a stream is read, until the thread's next request. Django's own middleware knows
    neither an API without cookies nor a choice of one's own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_page(request) or request.path_info == _HOME:
            translation.activate(translation.get_language_from_request(request))
            timezone.activate(settings.PAGES_TIME_ZONE)
        else:
            translation.activate(_accepted(request))
            timezone.deactivate()
        response = self.get_response(request)
        _describe(response)
        _remember(request, response)
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Asks who reads, once the middleware that knows it has run."""
        if is_page(request) and request.user.is_authenticated:
            chosen = preferences_of(acting(request))
            if chosen.language in dict(settings.LANGUAGES):
                translation.activate(chosen.language)
                request.chosen_language = chosen.language  # type: ignore[attr-defined]  # our own attribute
            if chosen.time_zone:
                timezone.activate(chosen.time_zone)


def _accepted(request: HttpRequest) -> str:
    """The first language of `Accept-Language` that there is; English where there is none."""
    for code, _ in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _describe(response: HttpResponseBase) -> None:
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind in _SOME_WORDS:
        patch_vary_headers(response, ["Accept-Language"])
    if kind in _WORDS:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)


def _remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keeps what was chosen in the cookie too: the sign-in and the front page ask nobody who reads them."""
    chosen = getattr(request, "chosen_language", None)
    if chosen and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != chosen:
        keep_language(response, chosen)


def keep_language(response: HttpResponseBase, language: str) -> None:
    """Puts `language` into the cookie."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
