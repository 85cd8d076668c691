"""As the test suite's, with the failing views, and with log lines as in production."""

from config.settings.testing import *  # noqa: F403 - a settings module is its base and what differs

ROOT_URLCONF = "tests.failing.urls"
LOGGING = logging_config(*JSON_LINES)  # noqa: F405
