"""`make run` on every other Python of this machine that Demanda promises: from nothing to a page, with a Redis.

On the one of the tests `tests/config/embedded` runs it.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from config import env
from config.embedded.clean import remove
from tests.config.embedded.test_run import running

VERSIONS = {"3.11", "3.12", "3.13"}


def pythons() -> list[Path]:
    """One for each version: on the PATH, or beside it where pyenv keeps those that are not chosen."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    chosen: list[Path] = []
    for version in sorted(VERSIONS - {f"3.{sys.version_info.minor}"}):
        on_path = shutil.which(f"python{version}")
        found = [Path(on_path)] if on_path else []
        runs = [each for each in [*found, *sorted(kept.glob(f"{version}.*/bin/python{version}"))] if is_one(each)]
        chosen += runs[:1]
    assert chosen, "There is no other Python here: nothing would be tried."
    return chosen


def is_one(program: Path) -> bool:
    """Whether it starts: a shim of pyenv's for a version that is not chosen does not."""
    return subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("python", pythons(), ids=lambda path: path.name)
def test_it_installs_serves_with_a_redis_and_ends(python: Path, tmp_path: Path) -> None:
    venv, data_dir = tmp_path / "venv", tmp_path / "data"
    install = ["make", f"PYTHON={python}", f"VENV={venv}", f"{venv}/.run"]
    subprocess.run(install, cwd=env.ROOT, env={"PATH": os.environ["PATH"], "HOME": str(Path.home())}, check=True)
    try:
        with running(data_dir, python=venv / "bin" / "python") as run:
            run.wait_for_welcome()
            ready = httpx.get(f"http://127.0.0.1:{run.port}/health/ready", trust_env=False)
            assert (ready.status_code, ready.json()["data"]) == (200, {"status": "ok", "degraded": []})
            page = httpx.get(f"http://127.0.0.1:{run.port}/", trust_env=False)
            assert page.status_code == 200
            run.process.send_signal(signal.SIGINT)
            assert run.process.wait(60) == 0
            assert [line for line in run.printed().splitlines() if "Warning" in line or "Traceback" in line] == []
    finally:
        remove(data_dir)
