"""Lends the pages outside of the admin its navigation, so that both look like one house."""

from typing import Any

from django.contrib import admin
from django.template import Context, Library

register = Library()


@register.simple_tag(takes_context=True)
def house(context: Context) -> dict[str, Any]:
    """Gives what the admin's own pages know of it: the groups of its sidebar, for those who may open it."""
    known: dict[str, Any] = admin.site.each_context(context["request"])
    return known
