"""Languages, formats and time zones. What the API gives is the same in all of them, but for the words of its errors."""

from config import env

# English is the language of the source, of the log and of commands.
LANGUAGE_CODE = "en"
# Each by its own name.
LANGUAGES = [("en", "English"), ("es", "Español"), ("ru", "Русский")]
LOCALE_PATHS = [env.ROOT / "locale"]
USE_I18N = True

# What people chose, for the pages before the sign-in; no script needs it.
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# The clock of the API, the log and the tables; pages have another, for whoever chose none.
TIME_ZONE = "UTC"
USE_TZ = True
PAGES_TIME_ZONE = "Europe/Madrid"

FORMAT_MODULE_PATH = "config.formats"
# Templates write 12,345, or as the language has it. In addresses, attributes and scripts they say `unlocalize`.
USE_THOUSAND_SEPARATOR = True
