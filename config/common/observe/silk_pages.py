"""Silk's pages as pages of the product: for superusers, with a policy of their own, and without errors of their own.

`GET /silk` is the summary.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import wraps
from hashlib import sha256
from typing import Any

from csp.constants import UNSAFE_HASHES
from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from silk.urls import app_name
from silk.urls import urlpatterns as silks

from config.common.observe.access import may_see_profiles

View = Callable[..., HttpResponseBase]

# Silk's templates write these texts into attributes, which no nonce can allow: what is hidden until it is filled in, a
# list of choices that sends its form, and a `body` whose `onload` is empty. Each is allowed by its own hash, so that no
# other text in an attribute counts, whoever wrote it.
_STYLES = ("display:none", "display: none")
_HANDLERS = ("this.form.submit();", "", "\n")


def _hashes(texts: Iterable[str]) -> list[str]:
    """The sources of a policy that allow exactly these `texts` in attributes."""
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return [UNSAFE_HASHES, *(f"'sha256-{digest}'" for digest in digests)]


_POLICY = {
    "style-src-attr": _hashes(_STYLES),
    "script-src-attr": _hashes(_HANDLERS),
    # The arrows of the date picker stand in its style sheet.
    "img-src": ["data:"],
}
# What silk's views raise when their query string or the object is not what they expect.
_NOT_UNDERSTOOD = (ValueError, KeyError, IndexError, AttributeError, TypeError, RuntimeError, OSError)


def _page(view: Any) -> View:
    methods = tuple(name.upper() for name in ("get", "head", "post") if hasattr(view.view_class, name))
    has_get = "GET" in methods

    @wraps(view)
    @csp_update(_POLICY)  # type: ignore[untyped-decorator]  # django-csp has no types
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may_see_profiles(request.user):
            raise PermissionDenied
        try:
            response: HttpResponseBase = view(request, *args, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404 from error
        except _NOT_UNDERSTOOD as error:
            # A filter that silk cannot apply must not stand in the session, where every page would fail on it.
            request.session.modified = False
            if request.method == "GET" and not request.GET:
                # Nothing was asked that could be wrong: there is nothing to show.
                raise Http404 from error
            raise SuspiciousOperation from error
        return response

    page.methods = tuple(sorted({*methods, "OPTIONS", *(("HEAD",) if has_get else ())}))  # type: ignore[attr-defined]  # read by `MethodsMiddleware`
    return page


urlpatterns = [
    path(str(one.pattern), _page(one.callback), name=one.name) for one in silks if isinstance(one, URLPattern)
]
summary = urlpatterns[0].callback

__all__ = ["app_name", "summary", "urlpatterns"]
