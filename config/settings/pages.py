"""What people see in a browser: templates, static files, the admin's look, the content security policy."""

from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config import env
from config.settings.navigation import NAVIGATION

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [env.ROOT / "assets"]

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Demanda",
    "SITE_HEADER": "Demanda",
    "SITE_SUBHEADER": _("Who wants the next course"),
    "SITE_ICON": lambda _: static("site/icon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("site/icon.svg")}],
    # Unfold's own purple, but for the one of links on dark pages: theirs is a little too dark to be read (4.3 to 1).
    "COLORS": {"primary": {"500": "oklch(66.5% .24 304.5)"}},
    "STYLES": [lambda _: static("site/admin.css")],
    "SCRIPTS": [lambda _: static("site/choices.js")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("language")},
    "ACCOUNT": {
        "navigation": [
            {"title": _("Language and time zone"), "link": reverse_lazy("preferences")},
            {"title": _("Notifications"), "link": reverse_lazy("notifications")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            {"title": _("Second factor"), "link": reverse_lazy("second-factor")},
        ],
    },
    "COMMAND": {"search_callback": "config.common.staff.palette.find_rows"},
    "DASHBOARD_CALLBACK": "analytics.dashboard.views.dashboard",
}
# Whose rows the command palette finds, by the search fields of their lists.
PALETTE_MODELS = ["airports.airport", "analytics.townplace", "imports.import"]

# For every page. It is wider for the admin (`config.common.http.middleware.policies`), the profiler
# (`config.common.observe.silk_pages`) and the two readers of the OpenAPI document (`config.common.http.site`), which
# say why.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "worker-src": [NONE],
    },
}
