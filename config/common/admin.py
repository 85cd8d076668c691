"""Roles and what runs in the background, in the admin; users, tokens and schedules have modules of their own."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ForeignKey, Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin

# They register themselves.
import config.common.schedule_admin
import config.common.token_admin
import config.common.user_admin  # noqa: F401
from config.common.admin_lists import quicken_lists
from config.common.models import ChunkedRun, Lease

quicken_lists()
# The pages of the devices would show their secrets.
admin.site.unregister([Group, AccessAttempt, AccessLog, AccessFailureLog, StaticDevice, TOTPDevice])


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Rows to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        return [
            (title, {**options, "fields": [self._readable(request, name) for name in options["fields"]]})
            for title, options in sets
        ]

    def _readable(self, request: HttpRequest, name: Any) -> Any:
        """`name`; for a row of a model whose pages would refuse the reader, what that row is called.

        Django makes a link of it whoever reads.
        """
        fields = {field.name: field for field in self.model._meta.fields if isinstance(field, ForeignKey)}
        if not isinstance(name, str) or name not in fields:
            return name
        other = self.admin_site._registry.get(fields[name].related_model)
        if other is None or other.has_view_permission(request):
            return name

        @admin.display(description=fields[name].verbose_name)
        def called(row: Any) -> str:
            return str(getattr(row, name) or "")

        return called


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
