"""The page on which somebody says what the columns of a file are, as a form to send."""

import re

from django.test import Client

from tests.imports.admin.people import text

_SELECT = re.compile(r'<select name="(column_\d+)".*?</select>')
_CHOSEN = re.compile(r'<option value="(\w*)" selected>')


def guessed(client: Client, page: str) -> dict[str, str]:
    """What is chosen already; nothing where there is no choice of columns."""
    shown = text(client.get(page))
    header = re.search(r'name="header" value="([0-9a-f]+)"', shown)
    if header is None:
        return {}
    chosen = {select[1]: _CHOSEN.search(select[0]) for select in _SELECT.finditer(shown)}
    return {"header": header[1], **{name: found[1] if found else "" for name, found in chosen.items()}}


def chosen(client: Client, page: str, *columns: str) -> dict[str, str]:
    """The same with these columns in their order."""
    return guessed(client, page) | {f"column_{place}": name for place, name in enumerate(columns)}
