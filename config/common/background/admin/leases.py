"""Leases in the admin."""

from django.contrib import admin

from config.common.background.models import Lease
from config.common.staff.read_only import ReadOnlyAdmin


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    """Who works on what, until when."""

    list_display = ("name", "holder", "fence", "expires_at")
    show_full_result_count = False
