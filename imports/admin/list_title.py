"""The title of a list."""

from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.admin import ModelAdmin


class ListTitleMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Calls the list what the menu calls it."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.title = capfirst(self.opts.verbose_name_plural)
        return changelist
