"""Silk's pages as pages of the product: for superusers, with a policy of their own, and without errors of their own.

`GET /silk` is the summary.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import UNSAFE_INLINE
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

# Silk's pages write styles and one handler (`onload`) into their HTML.
_POLICY = {"style-src": [UNSAFE_INLINE], "script-src-attr": [UNSAFE_INLINE]}
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
