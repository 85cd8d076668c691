"""What the apps tell the ground of themselves, so that the ground names none of them."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import ClassVar, Literal

from django.apps import AppConfig, apps


class DomainConfig(AppConfig):
    """An app that declares what the ground must know of it.

    In an `apps.py` it is named as `domain.DomainConfig`: of two classes there Django would take neither.
    """

    # What each role may do in it beyond the roles that it contains: permissions, `app_label.codename`.
    permissions: ClassVar[Mapping[str, Collection[str]]] = {}
    # The same in words that stand behind "may": what a manager reads who gives somebody a role.
    duties: ClassVar[Mapping[str, str]] = {}
    # Beginnings of paths behind which a secret stands: no log line holds it.
    secret_paths: ClassVar[Collection[str]] = ()
    # Expressions for the paths that answer browsers with a page, programs with JSON.
    mixed_paths: ClassVar[Collection[str]] = ()
    # Beginnings of paths, whole segments, that the profiler never looks at: personal data, and what makes links.
    unprofiled_paths: ClassVar[Collection[str]] = ()
    # Of the change log: paths of classes that read it from the app's own records, and the models, `app_label.model`,
    # whose changes its services write down with `record_change`.
    change_streams: ClassVar[Collection[str]] = ()
    recorded_models: ClassVar[Collection[str]] = ()


@cache
def declared(what: Literal["secret_paths", "mixed_paths", "unprofiled_paths"]) -> tuple[str, ...]:
    """Collects what all apps declare of it."""
    return tuple(path for config in domains() for path in getattr(config, what))


def domains() -> list[DomainConfig]:
    """Lists the apps that declare something, in the order of their installation."""
    return [config for config in apps.get_app_configs() if isinstance(config, DomainConfig)]
