"""Values and differences as people read them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from django.db.models import Field
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from airports.api.serializers import action_of
from airports.models import Airport

UNKNOWN = "–"
# The API's words for what was done.
_ACTIONS = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "deleted": gettext_lazy("deleted"),
    "flagged": gettext_lazy("flagged"),
    "restored": gettext_lazy("restored"),
}


class Difference(NamedTuple):
    """A field and its two values, in words."""

    label: str
    before: str
    after: str


def action_called(kind: str, changes: dict[str, dict[str, Any]]) -> str:
    """What an entry of the history did, in one word."""
    return str(_ACTIONS[action_of(kind, changes)])


def differences(changes: Mapping[str, Mapping[str, Any]]) -> list[Difference]:
    """Words changes, field → `{"from", "to"}`."""
    return [Difference(label(name), value(pair["from"]), value(pair["to"])) for name, pair in changes.items()]


def label(name: str) -> str:
    """What a field of an airport is called."""
    field = cast("Field[Any, Any]", Airport._meta.get_field(name))
    return capfirst(str(field.verbose_name))


def value(found: object) -> str:
    """A value as it is typed in a form; a dash for what is unknown."""
    if found is None:
        return UNKNOWN
    if isinstance(found, bool):
        return _("yes") if found else _("no")
    return repr(found).removesuffix(".0") if isinstance(found, float) else str(found)


def difference_list(found: Iterable[Difference]) -> SafeString:
    """A line for each difference."""
    lines = format_html_join("", "<li><b>{}</b>: {} → {}</li>", found)
    return format_html("<ul>{}</ul>", lines)
