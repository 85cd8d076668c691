"""How the tests ask for the page of the demand, and read it."""

import html
import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from analytics.pages import forms

PAGE = "/analytics/"
KYIV = 703448
EVIL_TOWN, EVIL_CHANNEL = "<script>alert(1)</script>\"'", "=cmd()<b>"
# What a browser sends.
HTML: dict[str, Any] = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
DEMAND = {
    ("Kyiv", 1, "tv", "female"): (20, 50, 15),
    ("Kyiv", 2, "radio", "male"): (10, 5, 4),
    ("Xyzzy", 1, "tv", "male"): (30, 30, 25),
    (EVIL_TOWN, 6, EVIL_CHANNEL, "male"): (6, 1, 1),
}


def text_of(client: Client, query: str = "") -> str:
    """The page, which must be one."""
    answer = client.get(PAGE + query, **HTML)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return answer.content.decode()


def press(client: Client, fields: dict[str, Any], query: str = "") -> Any:
    """The answer to a form of the page."""
    [token, *_] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', text_of(client, query))
    body = urlencode({"csrfmiddlewaretoken": token, **fields})
    return client.post(PAGE + query, body, content_type=forms.FORM, **HTML)


def cells(page: str, section: str) -> list[list[str]]:
    """The rows of the last table of a section, as text."""
    part = page.partition(f'id="{section}"')[2].partition("</section>")[0].rpartition("<tbody>")[2]
    rows = re.findall(r"<tr>(.*?)</tr>", part, re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in found]
