"""What the questions about courses group by, and how they name a group."""

from collections.abc import Mapping

from analytics.pages import labels
from analytics.pages.choices import Option
from analytics.pages.filters import GROUPS, Filters

# So many groups are drawn, those with the most courses.
DRAWN = 20


def groups(filters: Filters) -> list[Option]:
    """Offers what one may group by as links."""
    return [
        Option(key, str(labels.DIMENSION_LABELS[key]), key == filters.group, filters.href("decide", group=key))
        for key in GROUPS
    ]


def group_label(keys: Mapping[str, str | None], *, is_other: bool = False) -> str:
    """Names a group: `telegram`, `Bogotá, CO`; what is merged is called so."""
    if is_other:
        return labels.other_label()
    return ", ".join(
        value if key == "country" else labels.value_label(key, value) for key, value in keys.items() if value
    )
