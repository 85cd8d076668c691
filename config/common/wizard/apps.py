"""The wizard app."""

from django.apps import AppConfig


class WizardConfig(AppConfig):
    """What tables of people are read by, remembered from one file to the next."""

    name = "config.common.wizard"
    verbose_name = "Wizard"
