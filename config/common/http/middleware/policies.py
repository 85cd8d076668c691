"""What browsers may load into a page, and which other sites may ask."""

from dataclasses import replace

from corsheaders.middleware import CorsMiddleware
from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# Alpine.js evaluates expressions, and styles stand in attributes: beside a nonce, they would not count.
_ADMIN_POLICY = {"script-src": [SELF, NONCE, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class ContentSecurityMiddleware(CSPMiddleware):  # type: ignore[misc]  # django-csp has no types
    """The content security policy, wider for the admin, whose Alpine.js evaluates expressions and writes styles."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        return replace(parts, replace=_ADMIN_POLICY) if request.path_info.startswith("/admin/") else parts


class CorsHeadersMiddleware(CorsMiddleware):
    """Adds the cross-origin headers, but lets the view answer a preflight: it knows the URL's methods."""

    def check_preflight(self, request: HttpRequest) -> HttpResponse | None:
        request._cors_enabled = self.is_enabled(request)  # type: ignore[attr-defined]  # the base class's own mark
        return None
