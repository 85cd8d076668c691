"""Ties the apps together once the models of all of them are loaded."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Makes the Celery application, with every app's tasks, known to every program that sets Django up."""

    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        from config import sentry
        from config.celery import app

        # First: it wraps what the web server and the workers load after this.
        sentry.start()
        app.autodiscover_tasks(force=True)
