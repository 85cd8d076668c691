"""The names of files that are uploaded in the admin: shown as text, and no place to write to."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from airports.models import KeptUpload

pytestmark = pytest.mark.django_db
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


NAMES = ["../../../etc/passwd", "/etc/passwd", "a\\0b", "x" * 5_000, "\u202efdp.exe", "C:\\con", "<b>.csv", "", "é\x7f"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/admin/airports/airport/upload/", {"on_error": "fail", "preview": "1"}),
        ("/admin/imports/import/upload/", {"source": "s"}),
    ],
)
def test_the_name_of_a_file_leads_nowhere(superuser: User, page: str, fields: dict[str, str], name: str) -> None:
    browser = Watching(superuser)
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts.append(f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nA,,,,,1,2,,,,,,\n\r\n')
    body = ("".join(parts) + "--b--\r\n").encode()
    answer: Any = browser.generic("POST", page, body, content_type="multipart/form-data; boundary=b")
    # A head of a part that is longer than any name needs to be is no form at all.
    assert answer.status_code == 400 if len(name) > 1_000 else answer.status_code in {200, 302}
    kept = KeptUpload.objects.first()
    assert kept is None or not set(kept.name) & set("/\\\0")
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/admin/")
        assert browser.get(answer.headers["Location"]).status_code == 200
    assert browser.broken == []
