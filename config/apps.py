"""Ties the apps together once the models of all of them are loaded."""

from functools import partial
from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.core import checks


class AdminConfig(SimpleAdminConfig):
    """The admin, whose pages are imported where they are wanted: with the URLs, and to be checked.

    Commands and workers have no use for them.
    """

    default = False

    def ready(self) -> None:
        # Before the admin's own checks, which look at what is registered.
        checks.register(_import_pages, checks.Tags.admin)
        super().ready()


class WiringConfig(AppConfig):
    """Makes the Celery application, with every app's tasks, and who translates known to every program that sets Django
    up."""

    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        from django.utils.formats import number_format
        from django.utils.translation import gettext, ngettext

        from config import sentry
        from config.celery import app
        from config.common.texts import Speaker, Text

        Text.speaker = Speaker(gettext, ngettext, partial(number_format, force_grouping=True))

        # First: it wraps what the web server and the workers load after this.
        sentry.start()
        app.autodiscover_tasks(force=True)


def _import_pages(**_: Any) -> list[checks.CheckMessage]:
    admin.autodiscover()
    return []
