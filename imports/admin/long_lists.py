"""Lists of relatives and friends that are too long for a page: how many, and the first of them.

What was stored before a resident had a limit may hold a hundred thousand ids.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from imports.admin.resident_form import label
from imports.fields import LISTS
from imports.models import Citizen

# More are not offered to be changed: each is a field that the browser sends.
_LONGEST = 1_000
_SHOWN = 20
_BEGINNING = _(
    "{count}, among them {some}. They are too many to be changed here: take this resident out on the page of another, "
    "or use the API."
)
_NAME = '<a class="text-link underline" href="{}">{}</a>'


class LongListsMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Can show the beginning of a list that is too long, in place of its field."""

    def get_readonly_fields(self, request: Any, obj: Citizen | None = None) -> list[str]:
        # The field itself too: that takes it out of the form.
        return [field for name in _too_long(obj) for field in (name, f"first_{name}")]

    @admin.display(description=_("Relatives"))
    def first_relatives(self, citizen: Citizen) -> SafeString:
        """How many there are, and the first of them."""
        return _beginning(citizen, citizen.relatives)

    @admin.display(description=_("Friends"))
    def first_friends(self, citizen: Citizen) -> SafeString:
        """How many there are, and the first of them."""
        return _beginning(citizen, citizen.friends)


def without_long_lists(fields: Iterable[str], citizen: Citizen | None) -> list[str]:
    """What a page shows of `fields`."""
    long = _too_long(citizen)
    return [f"first_{name}" if name in long else name for name in fields]


def named_on_page(citizen: Citizen) -> list[int]:
    """The relatives and friends whom the page of the resident shows."""
    long = _too_long(citizen)
    lists = [getattr(citizen, name)[: _SHOWN if name in long else None] for name in LISTS]
    return [number for ids in lists for number in ids]


def _too_long(citizen: Citizen | None) -> list[str]:
    return [name for name in LISTS if citizen is not None and len(getattr(citizen, name)) > _LONGEST]


def _beginning(citizen: Citizen, ids: list[int]) -> SafeString:
    rows = Citizen.objects.of(citizen.delivery_id).filter(citizen_id__in=ids[:_SHOWN]).order_by("citizen_id")
    links = ((reverse("admin:imports_citizen_change", args=(row.pk,)), label(row)) for row in rows)
    return format_html(str(_BEGINNING), count=intcomma(len(ids)), some=format_html_join(", ", _NAME, links))
