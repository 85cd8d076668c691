"""For the test suite: as `local`, with fast password hashes."""

from config.settings.local import *  # noqa: F403 - a settings module is its base and what differs

SECRET_KEY = "for tests only: nothing that it signs outlives the run"  # nosec B105 # and says so itself
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
# Most servers and workers of tests place and rank nothing.
PRELOAD = False
# Each client of a test makes the middleware anew: static files are looked for when they are asked for.
WHITENOISE_AUTOREFRESH = True
