"""Users in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from config.common.accounts.services.roles import set_staff
from config.common.accounts.services.second_factor import remove_factor, with_factor
from config.common.accounts.services.users import deactivate_users
from config.common.accounts.sign_in.tries import limit_hashes
from config.common.http.callers import acting
from config.common.staff.confirmation import ask, confirmed

# What only a superuser may hand out.
_SUPERUSER_ONLY = {"is_superuser", "user_permissions", "is_staff"}

admin.site.unregister(User)


class SecondFactorFilter(admin.SimpleListFilter):
    """Who has one."""

    title = "second factor"
    parameter_name = "second_factor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "On"), ("no", "Off")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(factor_id__isnull=self.value() == "no")


@admin.register(User)
@method_decorator(limit_hashes, name="add_view")
@method_decorator(limit_hashes, name="user_change_password")
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]  # django-unfold has no types
    """People and programs. Roles make their members staff; only superusers make superusers."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "roles", "is_active", "has_second_factor", "last_login")
    list_filter = ("groups", "is_active", SecondFactorFilter, "is_superuser")
    actions = ("deactivate", "reset_second_factor")

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        """By name; of a superuser that everything is allowed."""
        names = sorted(group.name for group in user.groups.all())
        return ", ".join(["Superuser", *names] if user.is_superuser else names)

    @admin.display(description="second factor", boolean=True)
    def has_second_factor(self, user: User) -> bool:
        """Whether signing in takes more than the password."""
        return getattr(user, "factor_id", None) is not None

    @admin.action(description="Switch the selected users off", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Their sessions and tokens end; what they did stays."""
        if not confirmed(request):
            question = "Switch these users off? They are signed out everywhere, and their tokens stop working."
            return ask(request, queryset, question=question, yes="Yes, switch them off")
        done = deactivate_users(users=queryset, actor=acting(request))
        messages.success(request, f"{done} switched off.")
        return None

    @admin.action(description="Take the second factor of the selected users off", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For somebody who lost the app. One's own needs a code, on its page."""
        if not confirmed(request):
            question = "Take their second factor off? Do so only when you are sure who asks for it."
            return ask(request, queryset, question=question, yes="Yes, take it off")
        others = [user for user in queryset if user.pk != request.user.pk]
        done = sum(remove_factor(user=user, actor=acting(request)) for user in others)
        messages.success(request, f"{done} taken off.")
        if len(others) < len(queryset):
            messages.warning(request, "Your own is on the page “Second factor” of your account.")
        return None

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser else [_without(fieldset) for fieldset in fieldsets]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = with_factor(super().get_queryset(request)).prefetch_related("groups")
        return rows if request.user.is_superuser else rows.filter(is_superuser=False)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Follows from the roles, see `config.common.accounts.services.roles`.
        return (*super().get_readonly_fields(request, obj), "is_staff", "last_login", "date_joined")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A superuser may have no role: the change of roles alone says too little.
        set_staff(form.instance)


def _without(fieldset: Any) -> Any:
    title, options = fieldset
    fields = tuple(name for name in options["fields"] if name not in _SUPERUSER_ONLY)
    return title, {**options, "fields": fields}
