"""What the admin's command palette finds besides pages: rows of the models that the settings name."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

_OF_EACH = 10


def find_rows(request: HttpRequest, words: str) -> list[SearchResult]:
    """The first rows of each model of the setting `PALETTE_MODELS` that its list would find, for whom may see them.

    django-unfold's own search reads every row that matches, which for one letter is most of a table.
    """
    return [result for label in settings.PALETTE_MODELS for result in _rows(request, label, words)]


def _rows(request: HttpRequest, label: str, words: str) -> Iterator[SearchResult]:
    model = apps.get_model(label)
    page: Any = admin.site.get_model_admin(model)
    if not page.has_view_permission(request):
        return
    found, _ = page.get_search_results(request, page.get_queryset(request), words)
    for row in found[:_OF_EACH]:
        link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
        yield SearchResult(
            title=str(row), description=str(model._meta.verbose_name).capitalize(), link=link, icon="data_object"
        )
