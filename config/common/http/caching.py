"""Who may keep an answer: nobody, unless its view says that it is the same for everybody."""

from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseFileResponse

from config.common.http.declarations import declares


class NoStoreMiddleware(MiddlewareMixin):
    """Says `Cache-Control: no-store` and `Vary: Authorization, Cookie` on every answer that could be somebody's own.

    That is each one but static files and what a view declares `cacheable` (the home page, the OpenAPI document and its
    readers), and of these too whatever is no success or sets a cookie. So a new URL is safe until it says otherwise.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _is_for_everybody(request, response):
            response.headers["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Authorization", "Cookie"])
        return response


def _is_for_everybody(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.cookies or response.status_code >= HTTPStatus.BAD_REQUEST:
        return False
    return isinstance(response, WhiteNoiseFileResponse) or declares(request.resolver_match, "cacheable")
