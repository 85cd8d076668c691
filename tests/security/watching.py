"""A browser that sees markup of others."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

# It ends an attribute, a script and a text, and has a letter.
MARKUP = """x"'></script><img src=x onerror=alert(1)>"""
AS_IT_IS = ("<img src=x", """x"'>""", "</script><img")
AS_TEXT = "&lt;img src=x onerror=alert(1)&gt;"


class Watching(Client):
    """A browser that notes pages with markup that somebody sent, and those that show it as text."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)
        self.broken: list[str] = []
        self.shown: set[str] = set()

    def get(self, path: str, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # of many signatures
        answer: Any = super().get(path, *args, **kwargs)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            html = answer.content.decode()
            self.broken += [path for one in AS_IT_IS if one in html]
            if AS_TEXT in html:
                self.shown.add(path.partition("?")[0])
        return answer
