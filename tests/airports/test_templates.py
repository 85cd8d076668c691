"""The templates of the airports' pages in the admin."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

_LONG = 100
_TEMPLATES = sorted((settings.ROOT / "templates" / "admin" / "airports").glob("*.html"))


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: path.name)
def test_what_looks_alike_has_one_class_instead_of_a_long_list_each_time(path: Path) -> None:
    text = path.read_text()
    lists = Counter(found for found in re.findall(r'class="([^"]+)"', text) if len(found) > _LONG)
    assert [found for found, times in lists.items() if times > 1] == []
