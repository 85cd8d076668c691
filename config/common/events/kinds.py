"""What may happen that people ask to hear of. Each app registers its own kinds when it is ready."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them. `title`: lazy, what people choose it by. `permission`: of whoever may hear of it.

    `fields`: the members of its data, each with what it holds; `record` takes no other, so that nobody's name slips in.
    `figures` adds what depends on who reads it, by that reader's role. `is_weekly`: it happens by the calendar alone.
    `path`: where people look at it, below the site's address, from its data.
    """

    name: str
    title: Any
    permission: str
    fields: Mapping[str, str]
    figures: Callable[[User, JSON], JSON] | None = None
    is_weekly: bool = False
    path: str = "/admin/"
    # Of a weekly one, its address in the API.
    about: str = ""
    # Of the product's own word to an owner, and of what programs alone follow; nobody chooses it.
    is_chosen: bool = True
    # The `type` of its CloudEvents in Kafka; blank: it does not go there.
    published_as: str = ""

    def is_for(self, user: User) -> bool:
        """Whether `user` may hear of it now; nobody does who cannot sign in."""
        return user.is_active and user.has_perm(self.permission)

    def href(self, data: JSON) -> str:
        """Leads to where people look at it."""
        return self.path % data


_KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Makes them known; a name is taken once, by whoever registers it last."""
    _KINDS.update((kind.name, kind) for kind in kinds)


def all_kinds() -> list[Kind]:
    """Lists them by name."""
    return sorted(_KINDS.values(), key=lambda kind: kind.name)


def published_kinds() -> list[str]:
    """Names those that go to Kafka."""
    return [kind.name for kind in all_kinds() if kind.published_as]


def kind_named(name: str) -> Kind | None:
    """Finds a kind; None for one that no app of this release knows."""
    return _KINDS.get(name)


def titles(names: Iterable[str]) -> list[str]:
    """Calls kinds as people do, in their language."""
    return [str(kind.title) if (kind := kind_named(name)) else name for name in names]


def kinds_for(user: User) -> list[Kind]:
    """Lists what `user` may subscribe to."""
    return [kind for kind in all_kinds() if kind.is_chosen and kind.is_for(user)]
