"""Links that ask for a change, and how they are used."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from airports.models import Airport
from airports.services.request_change import request_change, request_creation
from tests.airports.builders import VALENCIA, make_valencia

# What a browser sends.
HTML: dict[str, Any] = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
ASK: dict[str, Any] = {"city": "Manises", "iata": None}


def change_url(asker: User | None = None, **values: Any) -> str:
    """A link to a change of Valencia's airport, which is made first."""
    airport = Airport.objects.filter(icao="LEVC").first() or make_valencia()
    return f"/confirm/{request_change(airport_id=airport.pk, values=values or ASK, actor=asker).token}"


def creation_url(**values: Any) -> str:
    """A link to a new airport."""
    return f"/confirm/{request_creation(values=VALENCIA | values, actor=None).token}"


def press(browser: Client, url: str) -> Any:
    """The answer to the button of the page at `url`."""
    page = browser.get(url, **HTML).content.decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return browser.post(url, {"csrfmiddlewaretoken": token}, **HTML)
