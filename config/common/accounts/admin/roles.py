"""Roles in the admin."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.common.staff.lists import quicken_lists
from config.common.staff.read_only import ReadOnlyAdmin

quicken_lists()
# The pages of the devices would show their secrets.
admin.site.unregister([Group, AccessAttempt, AccessLog, AccessFailureLog, StaticDevice, TOTPDevice])


@admin.register(Group)
class RoleAdmin(DjangoGroupAdmin, ReadOnlyAdmin):
    """The roles and what each may do: made from `config.common.accounts.roles`, so not to be changed here."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Group | None:
        found: Group | None = super().get_object(request, object_id, from_field)
        if found is not None:
            # Each permission names its model: one query for all of them.
            permissions = Permission.objects.select_related("content_type")
            prefetch_related_objects([found], Prefetch("permissions", permissions))
        return found
