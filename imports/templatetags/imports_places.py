"""For pages that say what is wrong with a delivery."""

from django import template

from imports.documents.places import place_of

register = template.Library()


@register.filter
def place(pointer: str) -> str:
    """Where it is, in words."""
    return place_of(pointer)
