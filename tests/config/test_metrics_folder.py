"""The folder in which processes count together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import env, metrics_folder


def test_clearing_removes_what_was_counted_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "metrics"
    metrics_folder.clear(folder)
    assert folder.stat().st_mode & 0o077 == 0
    for name in ("counter_1.db", "gauge_livesum_1.db", "mine.txt"):
        (folder / name).touch()
    metrics_folder.clear(folder)
    assert [file.name for file in folder.iterdir()] == ["mine.txt"]


def test_a_folder_of_ones_own_is_named_for_the_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics_folder.VARIABLE, "")
    folder = metrics_folder.make_private(tmp_path)
    assert (os.environ[metrics_folder.VARIABLE], folder.parent) == (str(folder), tmp_path)
    metrics_folder.remove(folder)
    assert not folder.exists()


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_variable_names_no_folder(tmp_path: Path, blank: str) -> None:
    """Not the current one, as prometheus_client would have it."""
    count = "import config.settings.testing; from config.common.observe.metrics import requests"
    environment = {**os.environ, metrics_folder.VARIABLE: blank, "PYTHONPATH": str(env.ROOT)}
    subprocess.run([sys.executable, "-c", count], cwd=tmp_path, env=environment, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
