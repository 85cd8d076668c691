"""Users in the admin."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from config.common.accounts.admin.user_forms import NewUserForm, RolesField
from config.common.accounts.roles import ROLES, role_name
from config.common.accounts.services.password_links import Occasion, request_links
from config.common.accounts.services.preferences import set_preferences
from config.common.accounts.services.roles import set_staff
from config.common.accounts.services.second_factor import remove_factor, with_factor
from config.common.accounts.services.users import deactivate_users, record_user_change
from config.common.accounts.sign_in.tries import limit_hashes
from config.common.changes.deletions import RecordedDeletionMixin
from config.common.changes.services.record import Action, values_of
from config.common.http.callers import acting, site_of
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.confirmation import ask, confirmed
from config.common.staff.filters import ColumnCheckboxFilter, FlagFilter, YesNoFilter

# What the colours of the column go by, and what it says.
_STATES = {"invited": gettext_lazy("invited"), "active": gettext_lazy("active"), "off": gettext_lazy("switched off")}

admin.site.unregister(User)


class RolesFilter(ColumnCheckboxFilter):
    """By any of some roles, called as pages call them."""

    title = gettext_lazy("roles")
    parameter_name = "role"
    column = "groups__name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role, role_name(role)) for role in ROLES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # By keys: who has several roles would be there several times.
        return queryset.filter(pk__in=super().queryset(request, User.objects.all()).values("pk"))


class SecondFactorFilter(YesNoFilter):
    """Who has one."""

    title = gettext_lazy("second factor")
    parameter_name = "second_factor"
    states: ClassVar[dict[str, Any]] = {"yes": gettext_lazy("On"), "no": gettext_lazy("Off")}

    def having(self, queryset: QuerySet[Any]) -> Q:
        return Q(factor_id__isnull=False)


@admin.register(User)
@method_decorator(limit_hashes, name="user_change_password")
class UserAdmin(RecordedDeletionMixin, SavedListMixin, DjangoUserAdmin):  # type: ignore[misc,type-arg]  # django-unfold has no types
    """People and programs. Roles make their members staff; only superusers make superusers."""

    form = UserChangeForm
    add_form = NewUserForm
    # Django's own speaks of a password, which people choose themselves.
    add_form_template = None
    change_password_form = AdminPasswordChangeForm
    add_fieldsets = ((None, {"fields": ("username", ("first_name", "last_name"), "email", "language", "groups")}),)
    filter_horizontal = ()
    list_display = ("username", "called", "email", "roles", "state", "has_second_factor", "last_login")
    list_filter = (RolesFilter, ("is_active", FlagFilter), SecondFactorFilter)
    list_filter_submit = True
    saved_parameters = ("role", "is_active__exact", "second_factor")
    actions = ("mail_link", "deactivate", "reset_second_factor")

    @admin.display(description=pgettext_lazy("of a person", "name"), ordering="last_name")
    def called(self, user: User) -> str:
        """The full name, where somebody wrote it."""
        return user.get_full_name()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        """By name; of a superuser that everything is allowed."""
        names = sorted(role_name(group.name) for group in user.groups.all())
        return ", ".join([_("Superuser"), *names] if user.is_superuser else names)

    @display(description=gettext_lazy("state"), label={"invited": "info", "active": "success", "off": "danger"})  # type: ignore[untyped-decorator]  # unfold has no types
    def state(self, user: User) -> tuple[str, str]:
        """Whether somebody can sign in; `invited`: has an address, and chose no password yet."""
        is_invited = user.email and not user.has_usable_password()
        state = "off" if not user.is_active else "invited" if is_invited else "active"
        return state, str(_STATES[state])

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def has_second_factor(self, user: User) -> bool:
        """Whether signing in takes more than the password."""
        return getattr(user, "factor_id", None) is not None

    @admin.display(description=gettext_lazy("password"))
    def password_state(self, user: User) -> SafeString:
        """Whether somebody chose one, and where another is set: how it is hashed tells nobody anything."""
        page = reverse("admin:auth_user_password_change", args=[user.pk])
        state = _("chosen") if user.has_usable_password() else _("none yet")
        return format_html('{} · <a class="text-link underline" href="{}">{}</a>', state, page, _("Set another"))

    @admin.display(description=gettext_lazy("permissions of their own"))
    def own_permissions(self, user: User) -> str:
        """What was given besides roles; here none is given."""
        return ", ".join(map(str, user.user_permissions.all()))

    @admin.action(description=gettext_lazy("Mail the selected users a link to set a password"), permissions=["change"])
    def mail_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Once more for who was invited, or instead of telling a password."""
        chosen = list(queryset)
        reached = [user for user in chosen if user.is_active and user.email]
        _mail_links(request, reached)
        if left := len(chosen) - len(reached):
            messages.warning(
                request,
                ngettext(
                    "%(count)s left alone: switched off, or without an e-mail address.",
                    "%(count)s left alone: switched off, or without an e-mail address.",
                    left,
                )
                % {"count": number_format(left)},
            )

    @admin.action(description=gettext_lazy("Switch the selected users off"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Their sessions and tokens end; what they did stays."""
        if not confirmed(request):
            question = _("Switch these users off? They are signed out everywhere, and their tokens stop working.")
            return ask(request, queryset, question=question, yes=_("Yes, switch them off"))
        done = deactivate_users(users=queryset, actor=acting(request))
        messages.success(
            request,
            ngettext("%(count)s switched off.", "%(count)s switched off.", done) % {"count": number_format(done)},
        )
        return None

    @admin.action(description=gettext_lazy("Take the second factor of the selected users off"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For somebody who lost the app. One's own needs a code, on its page."""
        if not confirmed(request):
            question = _("Take their second factor off? Do so only when you are sure who asks for it.")
            return ask(request, queryset, question=question, yes=_("Yes, take it off"))
        others = [user for user in queryset if user.pk != request.user.pk]
        done = sum(remove_factor(user=user, actor=acting(request)) for user in others)
        messages.success(
            request, ngettext("%(count)s taken off.", "%(count)s taken off.", done) % {"count": number_format(done)}
        )
        if len(others) < len(queryset):
            messages.warning(request, _("Your own is on the page “Second factor” of your account."))
        return None

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        may = ["groups", "is_active"]
        if request.user.is_superuser:
            # Only a superuser makes another.
            may += ["is_superuser", *(["own_permissions"] if obj.user_permissions.exists() else [])]
        who = ("username", "email", "first_name", "last_name", "password_state")
        when = ("last_login", "date_joined")
        return [(None, {"fields": who}), (_("What they may do"), {"fields": may}), (_("When"), {"fields": when})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = with_factor(super().get_queryset(request)).prefetch_related("groups")
        return rows if request.user.is_superuser else rows.filter(is_superuser=False)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return (
            *super().get_readonly_fields(request, obj),
            "password_state",
            "own_permissions",
            "last_login",
            "date_joined",
        )

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        how = {"label": _("Roles"), "help_text": "", "widget": UnfoldAdminCheckboxSelectMultipleWidget}
        return db_field.formfield(form_class=RolesField, **how)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A superuser may have no role: the change of roles alone says too little.
        set_staff(form.instance)
        if not change and form.cleaned_data["language"]:
            set_preferences(user=form.instance, language=form.cleaned_data["language"])
        before, after = values_of(form)
        action = Action.CHANGED if change else Action.CREATED
        record_user_change(form.instance, action, actor=acting(request), before=before, after=after)

    def is_restricted(self, row: User) -> bool:
        return row.is_superuser

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        # The form of a password asks for nothing else.
        if request.resolver_match and request.resolver_match.url_name == "auth_user_password_change":
            record_user_change(obj, Action.PASSWORD, actor=acting(request))
        return super().log_change(request, obj, message)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        if obj.email:
            # The worker must find the row.
            transaction.on_commit(partial(_mail_links, request, [obj]))
        else:
            messages.info(request, _("Without an e-mail address nobody is invited: for a program, make an API token."))
        # Django leads on to the form for what its own did not ask.
        return super(DjangoUserAdmin, self).response_add(request, obj, post_url_continue)


def _mail_links(request: HttpRequest, users: Sequence[User]) -> None:
    by_occasion: dict[Occasion, list[int]] = {"invitation": [], "forgotten": []}
    for user in users:
        by_occasion["forgotten" if user.has_usable_password() else "invitation"].append(user.pk)
        action = Action.LINK if user.has_usable_password() else Action.INVITED
        record_user_change(user, action, actor=acting(request))
    site = site_of(request)
    sent = [request_links(user_ids=ids, site=site, occasion=occasion) for occasion, ids in by_occasion.items() if ids]
    if not all(sent):
        messages.error(request, _("The mail could not be handed on. Select the users and mail the link in a moment."))
    elif users:
        sentence = ngettext(
            "%(count)s mail is on the way, with a link to set a password.",
            "%(count)s mails are on the way, with a link to set a password.",
            len(users),
        )
        messages.success(request, sentence % {"count": number_format(len(users))})
