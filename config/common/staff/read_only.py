"""Rows that staff look at and do not change."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.http import HttpRequest
from unfold.admin import ModelAdmin


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
