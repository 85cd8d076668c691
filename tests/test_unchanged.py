"""What is left out of a run of all tests, and what brings it back."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import unchanged

LAUNCHER, OTHER = "tests/config/embedded/test_run.py::test_x", "tests/config/test_env.py::test_y"


class _Config:
    """As much of pytest's as is asked for."""

    def __init__(self, passed: str, args: list[str]) -> None:
        self.args, self.cache, self.hook = args, {unchanged._PASSED: passed}, self
        self.deselected: list[Any] = []

    def getini(self, name: str) -> list[str]:
        return ["tests"]

    def getoption(self, name: str) -> str:
        return ""

    def pytest_deselected(self, items: list[Any]) -> None:
        self.deselected = items


@pytest.mark.parametrize(
    ("passed", "args", "ci", "left_out"),
    [
        ("now", ["tests"], "", [LAUNCHER]),
        ("before", ["tests"], "", []),
        ("now", ["tests"], "true", []),
        ("now", ["tests/config"], "", []),
    ],
)
def test_the_launchers_tests_are_left_out_while_nothing_has_changed_since_they_passed(
    monkeypatch: pytest.MonkeyPatch, passed: str, args: list[str], ci: str, left_out: list[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(unchanged, "digest", lambda _: "now")
    config: Any = _Config(passed, args)
    items: list[Any] = [SimpleNamespace(nodeid=name) for name in (LAUNCHER, OTHER)]
    unchanged.pytest_collection_modifyitems(config, items)
    assert ([item.nodeid for item in config.deselected], [item.nodeid for item in items]) == (
        left_out,
        [name for name in (LAUNCHER, OTHER) if name not in left_out],
    )


def test_every_byte_and_every_name_counts(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    digests = set()
    for name, content in (("a", "x"), ("a", "y"), ("b", "y")):
        (tmp_path / "config" / name).write_text(content)
        digests.add(unchanged.digest(tmp_path, ("config",)))
    assert len(digests) == 3
