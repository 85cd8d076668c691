"""Mail that leaves: invitations, and links for whoever forgot a password."""

from config import env

_MAIL = env.parse_email_url(env.EMAIL_URL)
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
# The folder of a file backend: a file for each time that a process sends.
EMAIL_FILE_PATH = _MAIL["EMAIL_FILE_PATH"]
EMAIL_HOST = _MAIL["EMAIL_HOST"]
EMAIL_PORT = _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
# A server that does not answer costs a worker this much; then the task tries again.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.EMAIL_FROM

# A link to set a password is good for so long, and once. An invitation of Friday is opened on Monday.
PASSWORD_RESET_TIMEOUT = env.PASSWORD_LINK_HOURS * 3600
