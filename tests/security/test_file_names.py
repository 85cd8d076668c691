"""The names of files that are uploaded in the admin: shown as text, and no place to write to."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from airports.models import KeptUpload
from tests.security.watching import Watching

pytestmark = pytest.mark.django_db
NAMES = ["../../../etc/passwd", "/etc/passwd", "a\\0b", "x" * 5_000, "\u202efdp.exe", "C:\\con", "<b>.csv", "", "é\x7f"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("/admin/airports/airport/upload/", {"on_error": "fail", "preview": "1"}),
        ("/admin/imports/import/upload/", {"new_source": "s"}),
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
