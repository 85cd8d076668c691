"""API tokens in the admin."""

import re
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from config.common.accounts.models import ApiToken
from config.common.accounts.services.tokens import MOST_DAYS, issue_token, revoke_tokens
from config.common.http.callers import acting
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.confirmation import ask, confirmed
from config.common.staff.filters import StatesFilter

_SOON = timedelta(days=30)


class StateFilter(StatesFilter):
    """Whether programs can sign in with it."""

    title = gettext_lazy("state")
    parameter_name = "state"
    states: ClassVar[dict[str, Any]] = {
        "usable": gettext_lazy("Usable"),
        "soon": gettext_lazy("Ends within 30 days"),
        "expired": gettext_lazy("Expired or revoked"),
    }

    def conditions(self, queryset: QuerySet[Any]) -> dict[str, Q]:
        now = timezone.now()
        good = Q(expiry=None) | Q(expiry__gt=now)
        return {"usable": good, "soon": Q(expiry__gt=now, expiry__lte=now + _SOON), "expired": ~good}


class UseFilter(StatesFilter):
    """When a program last signed in with it."""

    title = gettext_lazy("last use")
    parameter_name = "used"
    states: ClassVar[dict[str, Any]] = {
        "day": gettext_lazy("In the last day"),
        "month": gettext_lazy("In the last 30 days"),
        "long": gettext_lazy("Not for 30 days"),
        "never": gettext_lazy("Never"),
    }

    def conditions(self, queryset: QuerySet[Any]) -> dict[str, Q]:
        now = timezone.now()
        never = Q(last_used_at=None)
        return {
            "day": Q(last_used_at__gte=now - timedelta(days=1)),
            "month": Q(last_used_at__gte=now - _SOON),
            "long": Q(last_used_at__lt=now - _SOON) | never,
            "never": never,
        }


_KEY = re.compile("[0-9]{1,18}", re.ASCII)


class ApiTokenForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's takes no type at run time
    """For whom, what will use it, and for how long."""

    days = forms.IntegerField(
        label=gettext_lazy("Days until it expires"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "days" in self.fields:
            self.fields["days"].initial = settings.API_TOKEN_DAYS
        # Django draws a refused form with the user of this key, and fails where it is none.
        if self.is_bound and not _KEY.fullmatch(str(self.data.get("user", ""))):
            self.data = {**{name: self.data[name] for name in self.data}, "user": ""}

    def clean_user(self) -> User:
        """Raises `ValidationError` for a user who could not use the token."""
        user: User = self.cleaned_data["user"]
        if not user.is_active:
            raise ValidationError(_("This user is switched off."))
        return user


@admin.register(ApiToken)
class ApiTokenAdmin(SavedListMixin):
    """Tokens of programs. A new one is shown once."""

    list_display = ("label", "token_key", "user", "is_usable", "last_used_at", "expiry", "created", "created_by")
    list_filter = (StateFilter, UseFilter)
    list_filter_submit = True
    saved_parameters = ("state", "used")
    list_select_related = ("user", "created_by")
    search_fields = ("label", "user__username")
    autocomplete_fields = ("user",)
    actions: ClassVar[tuple[str, ...]] = ("revoke",)
    form = ApiTokenForm

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("user", "label", "days")
        return ("user", "label", "token_key", "created", "created_by", "last_used_at", "expiry")

    @admin.display(description=gettext_lazy("usable"), boolean=True)
    def is_usable(self, token: ApiToken) -> bool:
        """Neither expired nor revoked, and its user is not switched off."""
        return token.user.is_active and (token.expiry is None or token.expiry > timezone.now())

    @admin.action(description=gettext_lazy("Revoke the selected tokens"), permissions=["delete"])
    def revoke(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """They stay in the list, as expired, until the next sweep."""
        if not confirmed(request):
            question = _("Revoke these tokens? Programs that use them are refused from now on.")
            return ask(request, queryset, question=question, yes=_("Yes, revoke them"))
        done = revoke_tokens(tokens=queryset, actor=acting(request))
        messages.success(
            request, ngettext("%(count)s revoked.", "%(count)s revoked.", done) % {"count": number_format(done)}
        )
        return None

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Revoking stands in for Django's own deletion of a selection.
        actions: dict[str, Any] = super().get_actions(request)
        return {name: action for name, action in actions.items() if name != "delete_selected"}

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        rows: QuerySet[ApiToken] = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(user__is_superuser=False)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # A manager must not make a token that acts as a superuser.
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(is_superuser=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: ApiTokenForm, change: bool) -> None:
        days = form.cleaned_data.get("days")
        token, key = issue_token(
            username=obj.user.get_username(),
            life=timedelta(days=days) if days else None,
            label=obj.label,
            created_by=acting(request),
        )
        # The admin goes on with the object that it knows: it must name the row that was made.
        obj.pk, obj.token_key = token.pk, token.token_key
        messages.success(request, _("The token, shown this once: %(key)s") % {"key": key})
