"""Probes ask a machine by its address, `Host: 10.1.2.3`, which is no name of the site."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.deprecation import MiddlewareMixin

from config.common.http.declarations import declares


class ProbeHostMiddleware(MiddlewareMixin):
    """Lets views that declare `answers_any_host` (health and metrics) be asked under any name.

    They see the site's own name then, so nothing that the caller wrote can come into an answer. All others refuse a
    name that is not in `ALLOWED_HOSTS`.
    """

    def process_request(self, request: HttpRequest) -> None:
        try:
            request.get_host()
        except DisallowedHost:
            if settings.ALLOWED_HOSTS and _answers_any_host(request.path_info):
                request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".")


def _answers_any_host(path: str) -> bool:
    try:
        return declares(resolve(path), "answers_any_host")
    except Resolver404:
        return False
