"""The pages of signing in: the password, and the code after it."""

from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from config.common.accounts.services.second_factor import Check, check_code, factor_id, is_required
from config.common.accounts.sign_in.events import fail
from config.common.accounts.sign_in.sessions import Pending, pending, sign_in, wait_for_factor
from config.common.accounts.sign_in.tries import limit_tries
from config.common.http.error_pages import locked_out


@method_decorator(limit_tries, name="post")
class PasswordView(LoginView):
    """The first step. A session is somebody's after the last one only."""

    authentication_form = AuthenticationForm
    template_name = "admin/sign_in/password.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"title": _("Log in"), "subtitle": None, "app_path": self.request.get_full_path()}
        return {**super().get_context_data(**kwargs), **admin.site.each_context(self.request), **context}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        has_factor = factor_id(user) is not None
        if not has_factor and not is_required():
            sign_in(self.request, user, factor=None)
            return HttpResponseRedirect(self.get_success_url())
        wait_for_factor(self.request, user, then=self.get_success_url())
        return HttpResponseRedirect(reverse("sign-in-code" if has_factor else "second-factor-set-up"))


class CodeForm(forms.Form):
    """A code, as the app or a paper shows it: with its spaces."""

    code = forms.CharField(
        max_length=64,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def focus(self) -> None:
        """Puts the cursor into the field when the page opens."""
        self.fields["code"].widget.attrs["autofocus"] = True


@method_decorator(limit_tries, name="post")
class CodePage(FormView):  # type: ignore[type-arg]  # Django's takes no argument when it runs
    """A page that asks for a code; `form_valid` of each says what the code is for."""

    form_class = CodeForm
    title: str | Promise = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs), "title": self.title}

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        form.focus()
        return super().form_invalid(form)

    def refuse(self, form: CodeForm, why: str) -> HttpResponse:
        """The page again, which says why the code is not taken."""
        form.add_error("code", why)
        return self.form_invalid(form)

    def refusal(self, form: CodeForm, user: User) -> HttpResponse | None:
        """The answer to a code that is not the user's; None for one that is, and that opens nothing from now on."""
        if is_locked(self.request, user):
            return locked_out(self.request)
        found = check_code(user=user, code=form.cleaned_data["code"])
        if found.accepted:
            return None
        if not found.wait:
            fail(self.request, user)
        return self.refuse(form, _why(found))


class CodeView(CodePage):
    """The second step."""

    template_name = "admin/sign_in/code.html"
    title = gettext_lazy("Your second factor")
    waiting: Pending

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waiting = pending(request)
        if waiting is None or factor_id(waiting.user) is None:
            return redirect("admin:login")
        self.waiting = waiting
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def get_form(self, form_class: type[CodeForm] | None = None) -> CodeForm:
        form: CodeForm = super().get_form(form_class)
        form.fields["code"].help_text = _("Six digits from your app, or one of your recovery codes.")
        form.focus()
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(name=self.waiting.user.get_username(), **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        user = self.waiting.user
        if (refusal := self.refusal(form, user)) is not None:
            return refusal
        sign_in(self.request, user, factor=factor_id(user))
        return HttpResponseRedirect(self.waiting.then)


def is_locked(request: HttpRequest, user: User) -> bool:
    """Whether failures, of passwords or codes, have locked this name at this address."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def _why(found: Check) -> str:
    if not found.wait:
        return _("This code is wrong, or was used before.")
    sentence = ngettext(
        "Too many wrong codes. The next is looked at in %(count)s second.",
        "Too many wrong codes. The next is looked at in %(count)s seconds.",
        found.wait,
    )
    return sentence % {"count": number_format(found.wait)}
