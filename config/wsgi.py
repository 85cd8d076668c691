"""The WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.common.db import watched
from config.common.http.front import with_heads
from config.common.http.patience import with_patience

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

if settings.PRELOAD:
    # What ranks the demand: the server's processes share these 30 MiB, and no first question waits for them.
    import scipy.special  # noqa: F401

application = with_patience(with_heads(get_wsgi_application()))
# Every view, before the first request and before the server's processes part.
get_resolver().url_patterns  # noqa: B018 - a property that imports them
# Web servers alone: the work of Celery has limits of its own.
watched.install()
