"""Who gets in: passwords, the lock after failures, the second factor, sessions."""

from django.core.exceptions import ImproperlyConfigured

from config import env

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "config.common.accounts.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

# Ten failed sign-ins in a quarter of an hour lock that user name at that address for as long.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "config.common.http.callers.sign_in_address"
AXES_USERNAME_CALLABLE = "config.common.http.callers.sign_in_name"
AXES_LOCKOUT_CALLABLE = "config.common.http.error_pages.locked_out"
AXES_VERBOSE = False
# What it keeps of a failed form goes without these: a mistyped recovery code is nearly one.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]

# For how long it is remembered from where somebody signed in: such addresses keep places in a flood.
SIGN_INS_KEPT_DAYS = 30
# Failures of an address, whatever the names; 0 switches the limit off.
SIGN_IN_FAILURES_PER_MINUTE = env.SIGN_IN_FAILURES_PER_MINUTE

_MODES = {"", "optional", "required"}
if env.SECOND_FACTOR not in _MODES:
    raise ImproperlyConfigured("SECOND_FACTOR must be required or optional.")
SECOND_FACTOR = env.SECOND_FACTOR or "optional"
# The name beside the code in somebody's app.
OTP_TOTP_ISSUER = "Demanda"
# A sign-in that waits for its code waits no longer than this.
SECOND_STEP_SECONDS = 600

if not 0 < env.SESSION_IDLE_SECONDS <= env.SESSION_SECONDS:
    raise ImproperlyConfigured("SESSION_IDLE_SECONDS must be above 0, and not above SESSION_SECONDS.")
SESSION_ENGINE = "config.common.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# The server counts, not the browser, whose cookie ends with it.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = env.SESSION_IDLE_SECONDS
SESSION_SECONDS = env.SESSION_SECONDS
