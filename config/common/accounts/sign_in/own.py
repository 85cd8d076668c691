"""The pages of one's own account: another password; a second factor, new recovery codes, taking it off."""

from typing import Any, cast

import segno
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_protect
from django.views.generic import View

from config.common.accounts.services.second_factor import (
    device_of,
    enrol,
    factor_id,
    is_required,
    recovery_codes_left,
    remove_factor,
    renew_recovery_codes,
)
from config.common.accounts.sign_in.events import fail
from config.common.accounts.sign_in.forms import CodeForm
from config.common.accounts.sign_in.sessions import change_factor, forget_key, key_to_enrol, pending, sign_in
from config.common.accounts.sign_in.steps import is_locked, proves
from config.common.accounts.sign_in.tries import limit_tries
from config.common.http.error_pages import locked_out
from config.common.problems import Problem

_HERE = "second-factor"


@limit_tries
def change_password(request: HttpRequest) -> HttpResponse:
    """Django's page; a wrong old password counts as one at the sign-in does."""
    user = cast("User", request.user)
    if request.method == "POST" and is_locked(request, user):
        return locked_out(request)
    response: HttpResponse = admin.site.password_change(request)
    form: Any = (response.context_data or {}).get("form") if isinstance(response, TemplateResponse) else None
    if form is not None and form.has_error("old_password", "password_incorrect"):
        fail(request, user, step="password")
    return response


@method_decorator(csrf_protect, name="dispatch")
@method_decorator(limit_tries, name="post")
class SetUpView(View):
    """A new factor, for who is signed in or would be, if a factor were not required."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        waiting = None if admin.site.has_permission(request) else pending(request)
        self.is_signed_in = waiting is None
        self.user = waiting.user if waiting else cast("User", request.user)
        self.then = waiting.then if waiting else reverse(_HERE)
        if self.is_signed_in and not admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:login"))
        if factor_id(self.user) is not None:
            return HttpResponseRedirect(reverse(_HERE if self.is_signed_in else "sign-in-code"))
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST, autofocus=True)
        if not form.is_valid():
            return self._page(request, form)
        try:
            codes = enrol(user=self.user, key=key_to_enrol(request), code=form.cleaned_data["code"])
        except Problem as problem:
            form.add_error("code", problem.detail)
            return self._page(request, form)
        forget_key(request)
        if self.is_signed_in:
            change_factor(request, factor_id(self.user))
        else:
            sign_in(request, self.user, factor=factor_id(self.user))
        return show_codes(request, codes, then=self.then)

    def _page(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        device = device_of(self.user, key_to_enrol(request))
        url = device.config_url
        # Drawn here, of our own address alone: nothing of it is the user's to write.
        picture = mark_safe(segno.make(url, micro=False).svg_inline(scale=4, light="#fff", dark="#000"))  # noqa: S308 # nosec B308, B703 # see above
        secret = url.partition("secret=")[2].partition("&")[0]
        context = {
            "title": "Set up a second factor",
            "form": form,
            "picture": picture,
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "is_signed_in": self.is_signed_in,
            "layout": _layout(signed_in=self.is_signed_in),
        }
        return render(request, "admin/sign_in/set_up.html", {**admin.site.each_context(request), **context})


@method_decorator(csrf_protect, name="dispatch")
@method_decorator(limit_tries, name="post")
class OwnFactorView(View):
    """Whether there is a factor. Its two buttons want a code: a browser left open is not enough."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        user, form = cast("User", request.user), CodeForm(request.POST, autofocus=True)
        if factor_id(user) is None:
            return HttpResponseRedirect(reverse(_HERE))
        if is_locked(request, user):
            return locked_out(request)
        if not proves(request, user, form):
            return self._page(request, form)
        if request.POST.get("do") == "renew":
            return show_codes(request, renew_recovery_codes(user=user), then=reverse(_HERE))
        if request.POST.get("do") == "remove":
            remove_factor(user=user, actor=user)
            change_factor(request, None)
            messages.success(request, "The second factor is off. You are signed out everywhere else.")
        return HttpResponseRedirect(reverse(_HERE))

    def _page(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        user = cast("User", request.user)
        has_factor = factor_id(user) is not None
        context = {
            "title": "Second factor",
            "form": form,
            "has_factor": has_factor,
            "left": recovery_codes_left(user) if has_factor else 0,
            "is_required": is_required(),
        }
        return render(request, "admin/sign_in/own.html", {**admin.site.each_context(request), **context})


def show_codes(request: HttpRequest, codes: list[str], *, then: str) -> HttpResponse:
    """The one time that anybody sees them."""
    context = {"title": "Recovery codes", "codes": codes, "then": then, "layout": _layout(signed_in=False)}
    return render(request, "admin/sign_in/codes.html", {**admin.site.each_context(request), **context})


def _layout(*, signed_in: bool) -> str:
    return "admin/base_site.html" if signed_in else "unfold/layouts/unauthenticated.html"
