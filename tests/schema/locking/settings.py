"""As the suite's, with this app."""

from config.settings.testing import *  # noqa: F403 - a settings module is its base and what differs
from config.settings.testing import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.schema.locking"]
