"""The page of one's own subscriptions: by mail, and webhooks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from config.common.digits import number_in
from config.common.events.addresses import LONGEST
from config.common.events.kinds import kinds_for, titles
from config.common.events.models import Notice, Subscription
from config.common.events.services.notices import send_again, send_test
from config.common.events.services.subscriptions import (
    change_webhook,
    create_webhook,
    delete_webhook,
    mailed_events,
    rotate_secret,
    set_mail,
)
from config.common.http.callers import acting, site_of
from config.common.problems import NotFound, Problem

_HERE = "notifications"
_LATEST = 20


class KindsField(forms.MultipleChoiceField):
    """Kinds of events, called as people call them."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("What you are told"), **kwargs)


class MailForm(forms.Form):
    """What one is told by mail."""

    events = KindsField(required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["events"]
        field.choices = [(kind.name, kind.title) for kind in kinds_for(user)]


class WebhookForm(MailForm):
    """A new webhook."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("An https address of a public host."),
    )
    events = KindsField()
    field_order = ("url", "events")


def notifications(request: HttpRequest) -> HttpResponse:
    """Shows it. Its forms say by `do` what is to be done, and with which `id`."""
    forms_of: dict[str, Any] = {}
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _ACTIONS:
            raise BadRequest(_("There is no such action."))
        answer = _ACTIONS[do](request, forms_of)
        if answer is not None:
            return answer
    return _shown(request, forms_of)


def _shown(request: HttpRequest, forms_of: dict[str, Any]) -> HttpResponse:
    actor = acting(request)
    own = Subscription.objects.filter(user=actor)
    sent = Notice.objects.filter(subscription__in=own).select_related("event", "subscription__user")
    context = {
        **admin.site.each_context(request),
        "title": _("Notifications"),
        "mail_form": forms_of.get("mail") or MailForm(user=actor, initial={"events": mailed_events(actor)}),
        "webhook_form": forms_of.get("webhook") or WebhookForm(user=actor, auto_id="webhook_%s"),
        "webhooks": [(row, titles(row.events)) for row in own.webhooks()],
        "notices": [(row, titles([row.event.kind])) for row in sent[:_LATEST]],
    }
    return render(request, "admin/events/notifications.html", context)


def _mail(request: HttpRequest, forms_of: dict[str, Any]) -> HttpResponse | None:
    form = forms_of["mail"] = MailForm(request.POST, user=acting(request))
    if not form.is_valid():
        return None
    set_mail(events=form.cleaned_data["events"], site=site_of(request), actor=acting(request))
    messages.success(request, _("Saved."))
    return redirect(_HERE)


def _add(request: HttpRequest, forms_of: dict[str, Any]) -> HttpResponse | None:
    form = forms_of["webhook"] = WebhookForm(request.POST, user=acting(request), auto_id="webhook_%s")
    if not form.is_valid():
        return None
    try:
        made = create_webhook(**form.cleaned_data, site=site_of(request), actor=acting(request))
    except Problem as problem:
        for error in problem.errors:
            form.add_error("url" if error.pointer == "/url" else "events", error.detail)
        if not problem.errors:
            form.add_error(None, problem.detail)
        return None
    return _secret(request, made)


def _rotate(request: HttpRequest) -> HttpResponse:
    return _secret(request, rotate_secret(pk=_id(request), actor=acting(request)))


def _test(request: HttpRequest) -> None:
    send_test(pk=_id(request), actor=acting(request))
    messages.success(request, _("A test is on its way; look below in a moment."))


def _switch(request: HttpRequest) -> None:
    is_active = request.POST.get("active") == "yes"
    change_webhook(pk=_id(request), values={"is_active": is_active}, actor=acting(request))
    messages.success(request, _("It is switched on.") if is_active else _("It is switched off."))


def _delete(request: HttpRequest) -> None:
    delete_webhook(pk=_id(request), actor=acting(request))
    messages.success(request, _("The webhook is deleted."))


def _resend(request: HttpRequest) -> None:
    send_again(notice_id=_id(request), actor=acting(request))
    messages.success(request, _("It is sent again; look below in a moment."))


def _id(request: HttpRequest) -> int:
    """Raises `NotFound` for what is no id."""
    number = number_in(request.POST.get("id", ""))
    if number is None:
        raise NotFound(_("There is no such id."))
    return number


def _then_back(change: Callable[[HttpRequest], HttpResponse | None]) -> Callable[..., HttpResponse]:
    """An action that leads back to the page, with the reason where it is refused."""

    def act(request: HttpRequest, forms_of: dict[str, Any]) -> HttpResponse:
        try:
            return change(request) or redirect(_HERE)
        except NotFound as problem:
            raise Http404(problem.detail) from problem
        except Problem as problem:
            messages.error(request, problem.detail)
            return redirect(_HERE)

    return act


def _secret(request: HttpRequest, row: Subscription) -> HttpResponse:
    """The one time that anybody sees it."""
    context = {"title": _("Secret of the webhook"), "webhook": row, "secret": row.secret}
    return render(request, "admin/events/secret.html", {**admin.site.each_context(request), **context})


_ACTIONS: dict[str, Callable[..., HttpResponse | None]] = {
    "mail": _mail,
    "add": _add,
    "rotate": _then_back(_rotate),
    "test": _then_back(_test),
    "switch": _then_back(_switch),
    "delete": _then_back(_delete),
    "resend": _then_back(_resend),
}
