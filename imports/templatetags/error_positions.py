"""For pages that say what is wrong with a delivery."""

from django import template

from imports.services.loading.error_positions import position_of

register = template.Library()


@register.filter
def position(pointer: str) -> str:
    """Where it is, in words."""
    return position_of(pointer)
