"""What the pages tell somebody to type is there: targets of make, commands of manage.py, scripts of docker/."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.server import ROOT

PAGES = ["README.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]
_CODE = re.compile(r"^```sh\n(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)


def code(page: str) -> Iterator[str]:
    """Each line of a page that is code."""
    for block, span in _CODE.findall(Path(ROOT, page).read_text(encoding="utf-8")):
        yield from (block or span).splitlines()


def named(page: str, pattern: str) -> set[str]:
    return {name for line in code(page) for name in re.findall(pattern, line)}


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_a_page_has_somebody_type_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    operator = set(re.findall(r"^#  ([a-z]+)", (ROOT / "docker" / "demanda.sh").read_text(), re.MULTILINE))
    assert named(page, r"(?:^|\s)make ([a-z-]+)") <= targets
    assert named(page, r"manage\.py ([a-z_]+)") <= set(get_commands())
    assert named(page, r"docker/demanda\.sh ([a-z]+)") <= operator
    scripts = {file.name for file in (ROOT / "docker" / "bin").iterdir()}
    assert named(page, r"docker/bin/([a-z]+)") <= scripts


def test_what_is_not_there_would_be_found() -> None:
    assert named("README.md", r"(?:^|\s)make ([a-z-]+)") >= {"run", "test", "test-readme"}
    assert named("docs/operations.md", r"docker/demanda\.sh ([a-z]+)") >= {"up", "upgrade", "restore"}
