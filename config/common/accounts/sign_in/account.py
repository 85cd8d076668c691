"""The pages of one's own account: another password; a second factor, new recovery codes, taking it off."""

from base64 import b32encode
from textwrap import wrap
from typing import Any, cast

import segno
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from config.common.accounts.sign_in.sessions import change_factor, key_to_enrol, pending, sign_in
from config.common.accounts.sign_in.steps import CodeForm, CodePage, is_locked
from config.common.accounts.sign_in.tries import limit_tries
from config.common.http.callers import acting
from config.common.http.error_pages import locked_out
from config.common.problems import Problem

_HERE = "second-factor"


@limit_tries
def change_password(request: HttpRequest) -> HttpResponse:
    """Django's page; a wrong old password counts as one at the sign-in does."""
    user = acting(request)
    if request.method == "POST" and is_locked(request, user):
        return locked_out(request)
    response: HttpResponse = admin.site.password_change(request)
    form: Any = (response.context_data or {}).get("form") if isinstance(response, TemplateResponse) else None
    if form is not None and form.has_error("old_password", "password_incorrect"):
        fail(request, user, step="password")
    return response


class SetUpView(CodePage):
    """A new factor, for who is signed in or would be, if a factor were not required."""

    template_name = "admin/sign_in/set_up.html"
    title = gettext_lazy("Set up a second factor")

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.is_signed_in = admin.site.has_permission(request)
        self.waiting = None if self.is_signed_in else pending(request)
        if not self.is_signed_in and self.waiting is None:
            return redirect("admin:login")
        self.user = self.waiting.user if self.waiting else acting(request)
        if factor_id(self.user) is not None:
            return redirect(_HERE if self.is_signed_in else "sign-in-code")
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = device_of(self.user, key_to_enrol(self.request))
        # Drawn here, of our own address alone: nothing of it is the user's to write.
        picture = mark_safe(segno.make(device.config_url, micro=False).svg_inline(scale=4, light="#fff", dark="#000"))  # noqa: S308 # nosec B308, B703 # see above
        secret = " ".join(wrap(b32encode(device.bin_key).decode(), 4))
        return super().get_context_data(picture=picture, secret=secret, is_signed_in=self.is_signed_in, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        try:
            codes = enrol(user=self.user, key=key_to_enrol(self.request), code=form.cleaned_data["code"])
        except Problem as problem:
            return self.refuse(form, problem.detail)
        if self.waiting is None:
            change_factor(self.request, factor_id(self.user))
        else:
            sign_in(self.request, self.user, factor=factor_id(self.user))
        return show_codes(self.request, codes, then=self.waiting.then if self.waiting else reverse(_HERE))


class OwnFactorView(CodePage):
    """Whether there is a factor. Its two buttons want a code: a browser left open is not enough."""

    template_name = "admin/sign_in/account.html"
    title = gettext_lazy("Second factor")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = acting(self.request)
        has_factor = factor_id(user) is not None
        left = recovery_codes_left(user) if has_factor else 0
        return super().get_context_data(has_factor=has_factor, left=left, is_required=is_required(), **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        user, wish = acting(self.request), self.request.POST.get("do")
        if factor_id(user) is None:
            return redirect(_HERE)
        if (refusal := self.refusal(form, user)) is not None:
            return refusal
        if wish == "renew":
            return show_codes(self.request, renew_recovery_codes(user=user), then=reverse(_HERE))
        if wish == "remove":
            remove_factor(user=user, actor=user)
            change_factor(self.request, None)
            messages.success(self.request, _("The second factor is off. You are signed out everywhere else."))
        return redirect(_HERE)


def show_codes(request: HttpRequest, codes: list[str], *, then: str) -> HttpResponse:
    """The one time that anybody sees them."""
    context = {"title": _("Recovery codes"), "codes": codes, "then": then}
    return render(request, "admin/sign_in/codes.html", {**admin.site.each_context(request), **context})
