"""Users, roles and tokens in the admin."""

from typing import Any, ClassVar, cast

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

import config.common.schedule_admin  # noqa: F401 - registers itself
from config.common.models import ApiToken, ChunkedRun, Lease
from config.common.services.roles import set_staff
from config.common.services.tokens import issue_token

# What only a superuser may hand out.
_SUPERUSER_ONLY = {"is_superuser", "user_permissions", "is_staff"}

admin.site.unregister([User, Group, AccessAttempt, AccessLog, AccessFailureLog])


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Rows to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]  # django-unfold has no types
    """People and programs. Roles make their members staff; only superusers make superusers."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser else [_without(fieldset) for fieldset in fieldsets]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(is_superuser=False)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Follows from the roles, see `config.common.services.roles`.
        return (*super().get_readonly_fields(request, obj), "is_staff", "last_login", "date_joined")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A superuser may have no role: the change of roles alone says too little.
        set_staff(form.instance)


def _without(fieldset: Any) -> Any:
    title, options = fieldset
    fields = tuple(name for name in options["fields"] if name not in _SUPERUSER_ONLY)
    return title, {**options, "fields": fields}


@admin.register(Group)
class RoleAdmin(DjangoGroupAdmin, ReadOnlyAdmin):
    """The roles and what each may do: made from `config.common.roles`, so not to be changed here."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Group | None:
        found: Group | None = super().get_object(request, object_id, from_field)
        if found is not None:
            # Each permission names its model: one query for all of them.
            permissions = Permission.objects.select_related("content_type")
            prefetch_related_objects([found], Prefetch("permissions", permissions))
        return found


@admin.register(ChunkedRun)
class ChunkedRunAdmin(ReadOnlyAdmin):
    """How far long work has come."""

    list_display = ("name", "task", "position", "end", "started_at", "moved_at", "finished_at")
    show_full_result_count = False


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    """Who works on what, until when."""

    list_display = ("name", "holder", "fence", "expires_at")
    show_full_result_count = False


class ApiTokenForm(ModelForm):  # type: ignore[type-arg]  # Django's takes no type at run time
    """For whom, and what will use it."""

    def clean_user(self) -> User:
        """Raises `ValidationError` for a user who could not use the token."""
        user: User = self.cleaned_data["user"]
        if not user.is_active:
            raise ValidationError("This user is switched off.")
        return user


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Tokens of programs. A new one is shown once; deleting one revokes it."""

    list_display = ("label", "token_key", "user", "created", "expiry", "last_used_at", "created_by")
    list_select_related = ("user", "created_by")
    search_fields = ("label", "user__username")
    autocomplete_fields = ("user",)
    form = ApiTokenForm
    fields: ClassVar[tuple[str, ...]] = ("user", "label")

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
        token, key = issue_token(username=obj.user.get_username(), label=obj.label, created_by=_user(request))
        # The admin goes on with the object that it knows: it must name the row that was made.
        obj.pk, obj.token_key = token.pk, token.token_key
        messages.success(request, f"The token, shown this once: {key}")


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
