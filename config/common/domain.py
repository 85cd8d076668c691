"""What the apps tell the ground of themselves, so that the ground names none of them."""

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, ClassVar, Literal

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy

from config.common.model_texts import translate_texts_of


class DomainConfig(AppConfig):
    """An app that declares what the ground must know of it.

    In an `apps.py` it is named as `domain.DomainConfig`: of two classes there Django would take neither.
    """

    # What each role may do in it beyond the roles that it contains: permissions, `app_label.codename`.
    permissions: ClassVar[Mapping[str, Collection[str]]] = {}
    # The same in words, lazy ones, that stand behind "may": what a manager reads who gives somebody a role.
    duties: ClassVar[Mapping[str, Any]] = {}
    # Beginnings of paths behind which a secret stands: no log line holds it.
    secret_paths: ClassVar[Collection[str]] = ()
    # Expressions for the paths that answer browsers with a page, programs with JSON.
    mixed_paths: ClassVar[Collection[str]] = ()
    # Beginnings of paths, whole segments, that the profiler never looks at: personal data, and what makes links.
    unprofiled_paths: ClassVar[Collection[str]] = ()
    # Of the change log: paths of classes that read it from the app's own records, and the models, `app_label.model`,
    # whose changes its services write down with `record_change`, each with the lazy names of what the model itself has
    # no name for.
    change_streams: ClassVar[Collection[str]] = ()
    recorded_models: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    # What gives the words for a stored value of a field, `app_label.model.field`, in the reader's language.
    recorded_values: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    def import_models(self) -> None:
        """Has the app's own name, its models and their fields said in the reader's language."""
        super().import_models()
        self.verbose_name = gettext_lazy(str(self.verbose_name))
        translate_texts_of(self.models.values())


@cache
def declared(what: Literal["secret_paths", "mixed_paths", "unprofiled_paths"]) -> tuple[str, ...]:
    """Collects what all apps declare of it."""
    return tuple(path for config in domains() for path in getattr(config, what))


def domains() -> list[DomainConfig]:
    """Lists the apps that declare something, in the order of their installation."""
    return [config for config in apps.get_app_configs() if isinstance(config, DomainConfig)]
