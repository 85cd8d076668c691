"""The pages for whoever has no password, or forgot it: asking for a link by mail, and what the link opens."""

from typing import Any

import structlog
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetDoneView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget

from config.common.accounts.services.password_links import request_links
from config.common.accounts.sign_in.tries import count_failure, limit_tries
from config.common.http.callers import site_of
from config.common.problems import Unavailable

logger = structlog.get_logger(__name__)


class _HousePage:
    """What the house's pages know of each other."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # of Django's view behind it
        return {**admin.site.each_context(self.request), **found}


class ForgottenForm(PasswordResetForm):
    """The address of an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext_lazy("E-mail")
        self.fields["email"].widget = UnfoldAdminEmailInputWidget(attrs={"autocomplete": "email", "autofocus": True})


@method_decorator(limit_tries, name="post")
class ForgottenView(_HousePage, PasswordResetView):
    """Asks for the address. What it answers, and when, is the same whether there is such an account or not."""

    form_class = ForgottenForm
    template_name = "admin/sign_in/forgotten.html"
    title = gettext_lazy("Forgot your password?")
    success_url = reverse_lazy("password-sent")

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        # A try as a wrong password is one: an address cannot ask for the links of a whole list of people.
        count_failure(self.request)
        found = [user.pk for user in form.get_users(form.cleaned_data["email"])]
        if not request_links(user_ids=found, site=site_of(self.request), occasion="forgotten"):
            raise Unavailable(_("No mail can be sent just now. Try again in a moment."), retry_after=5)
        # Past Django's own, which would send the mail here and now.
        return super(PasswordResetView, self).form_valid(form)


class SentView(_HousePage, PasswordResetDoneView):
    """Says what happens next, if anything."""

    template_name = "admin/sign_in/sent.html"
    title = gettext_lazy("Look into your mail")


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # Django's takes no type at run time
    """The new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})


@method_decorator(limit_tries, name="post")
class SetPasswordView(_HousePage, PasswordResetConfirmView):
    """What a link opens. It signs nobody in: the sign-in asks for the second factor of whoever has one."""

    form_class = NewPasswordForm
    template_name = "admin/sign_in/set_password.html"
    title = gettext_lazy("Choose your password")
    success_url = reverse_lazy("admin:login")

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        logger.info("password_set_by_link", user_id=form.user.pk)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response
