"""Roles in the admin."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.common.accounts.roles import duties_of, role_name
from config.common.staff.lists import quicken_lists
from config.common.staff.read_only import ReadOnlyAdmin

quicken_lists()
# The pages of the devices would show their secrets.
admin.site.unregister([Group, AccessAttempt, AccessLog, AccessFailureLog, StaticDevice, TOTPDevice])


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """The roles and what each may do: made from `config.common.accounts.roles`, so not to be changed here."""

    list_display = ("called", "may")
    fields = ("called", "may", "permitted")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        # Read more than once for a page, each with its app.
        permissions = Permission.objects.select_related("content_type")
        found: QuerySet[Group] = super().get_queryset(request).prefetch_related(Prefetch("permissions", permissions))
        return found

    @admin.display(description=gettext_lazy("Role"), ordering="name")
    def called(self, group: Group) -> str:
        """As pages call it."""
        return role_name(group.name)

    @admin.display(description=gettext_lazy("What they may do"))
    def may(self, group: Group) -> str:
        """In words."""
        return duties_of(group.name)

    @admin.display(description=gettext_lazy("Permissions"))
    def permitted(self, group: Group) -> SafeString:
        """Each as the code names it, of all models."""
        names = [(one.content_type.app_label, one.codename) for one in group.permissions.all()]
        return format_html_join(", ", '<code translate="no">{}.{}</code>', names)
