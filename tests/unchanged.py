"""Leaves out the tests of the launcher and the image while nothing that they are about has changed since they passed.

They start and kill whole products and take a sixth of the time. They run in continuous integration, where `CI` says so,
when they are named on the command line, and after any change to the files below.
"""

import hashlib
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("tests/config/embedded", "tests/docker")
_CODE = (
    "embedded",
    "settings",
    "env.py",
    "gunicorn.py",
    "gunicorn_worker.py",
    "metrics_folder.py",
    "probe.py",
    "wsgi.py",
)
_AROUND = ("docker", "requirements", "Makefile", "manage.py", "tests/server.py", "tests/services.py")
ABOUT = (*ROOMS, *(f"config/{name}" for name in _CODE), *_AROUND)
_PASSED = "demanda/passed"


def digest(root: Path, about: tuple[str, ...] = ABOUT) -> str:
    """The hash of the names and contents of all those files, hexadecimal."""
    found = hashlib.sha256()
    for name in about:
        place = root / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(f"{file.relative_to(root)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return found.hexdigest()


def is_whole(config: pytest.Config) -> bool:
    """Tells whether everything was asked for, and not these tests or others by name."""
    return config.args == config.getini("testpaths") and not config.getoption("keyword")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes them out where they passed as everything is."""
    if os.environ.get("CI") or not is_whole(config) or config.cache.get(_PASSED, "") != digest(ROOT):
        return
    left_out = [item for item in items if item.nodeid.startswith(ROOMS)]
    items[:] = [item for item in items if not item.nodeid.startswith(ROOMS)]
    config.hook.pytest_deselected(items=left_out)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remembers that all passed."""
    config = session.config
    if exitstatus == pytest.ExitCode.OK and is_whole(config) and not hasattr(config, "workerinput"):
        config.cache.set(_PASSED, digest(ROOT))
