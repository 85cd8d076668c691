"""For pages that name fields of residents."""

from django import template

from imports.models import Citizen

register = template.Library()


@register.filter
def field_name(field: str) -> str:
    """What people call it."""
    return Citizen.called(field)
