"""The pages of signing in: the password, and the code after it."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from django.views.generic import View
from unfold.forms import AuthenticationForm

from config.common.accounts.services.second_factor import Check, check_code, factor_id, is_required
from config.common.accounts.sign_in.events import fail
from config.common.accounts.sign_in.forms import CodeForm
from config.common.accounts.sign_in.sessions import Pending, pending, sign_in, wait_for_factor
from config.common.accounts.sign_in.tries import limit_tries
from config.common.http.error_pages import locked_out

_HINT = "Six digits from your app, or one of your recovery codes."


@method_decorator(limit_tries, name="post")
class PasswordView(LoginView):
    """The first step. A session is somebody's after the last one only."""

    authentication_form = AuthenticationForm
    template_name = "admin/login.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": "Log in", "subtitle": None, "app_path": self.request.get_full_path()}
        return {**super().get_context_data(**kwargs), **admin.site.each_context(self.request), **own}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        has_factor = factor_id(user) is not None
        if not has_factor and not is_required():
            sign_in(self.request, user, factor=None)
            return HttpResponseRedirect(self.get_success_url())
        wait_for_factor(self.request, user, then=self.get_success_url())
        return HttpResponseRedirect(reverse("sign-in-code" if has_factor else "second-factor-set-up"))


@method_decorator(csrf_protect, name="dispatch")
@method_decorator(limit_tries, name="post")
class CodeView(View):
    """The second step."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = pending(request)
        if waiting is None or factor_id(waiting.user) is None:
            return HttpResponseRedirect(reverse("admin:login"))
        return self._page(request, waiting, CodeForm(hint=_HINT, autofocus=True))

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = pending(request)
        if waiting is None or factor_id(waiting.user) is None:
            return HttpResponseRedirect(reverse("admin:login"))
        form = CodeForm(request.POST, hint=_HINT, autofocus=True)
        if is_locked(request, waiting.user):
            return locked_out(request)
        if proves(request, waiting.user, form):
            sign_in(request, waiting.user, factor=factor_id(waiting.user))
            return HttpResponseRedirect(waiting.then)
        return self._page(request, waiting, form)

    def _page(self, request: HttpRequest, waiting: Pending, form: CodeForm) -> HttpResponse:
        context = {"title": "Your second factor", "form": form, "name": waiting.user.get_username()}
        return render(request, "admin/sign_in/code.html", {**admin.site.each_context(request), **context})


def is_locked(request: HttpRequest, user: User) -> bool:
    """Whether failures, of passwords or codes, have locked this name at this address."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def proves(request: HttpRequest, user: User, form: Form) -> bool:
    """Whether the form's code is the user's; if not, the form says why."""
    if not form.is_valid():
        return False
    found = check_code(user=user, code=form.cleaned_data["code"])
    if not found.accepted:
        form.add_error("code", _refusal(found))
        if not found.wait:
            fail(request, user)
    return found.accepted


def _refusal(found: Check) -> str:
    if not found.wait:
        return "This code is wrong, or was used before."
    seconds = "1 second" if found.wait == 1 else f"{found.wait} seconds"
    return f"Too many wrong codes. The next is looked at in {seconds}."
