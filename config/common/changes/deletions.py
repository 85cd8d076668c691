"""Deletions in the admin, of rows that no service deletes."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from config.common.changes.services.record import Action, record_change
from config.common.http.callers import acting


class RecordedDeletionMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Writes each down."""

    def is_restricted(self, row: Any) -> bool:
        """Whether only superusers see the row."""
        return False

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._delete(acting(request), obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self._delete(acting(request), row)

    @transaction.atomic
    def _delete(self, actor: User, row: Any) -> None:
        record_change(row, Action.DELETED, actor=actor, is_restricted=self.is_restricted(row))
        row.delete()
