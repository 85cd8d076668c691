"""The image without Docker: its files, the packages of requirements/production.txt alone, a user that owns nothing.

A copy of the interpreter lies beside them, because the checkout and its .venv may be where nobody else can look. It
says itself where its library is: each distributor of Python has a place of its own.
"""

import compileall
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from config.embedded.account import runs_as_root, service_account
from tests.server import ROOT

_NOT_COPIED = ("site-packages", "dist-packages", "test", "idlelib", "tkinter", "ensurepip", "config-*")


@dataclass(frozen=True, slots=True)
class Image:
    """`app` is what the image has as /app; `run` is for what its programs write."""

    app: Path
    run: Path
    environment: dict[str, str]

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a program as the image's user, in a session of its own."""
        identity: dict[str, Any] = {"user": service_account().uid, "group": service_account().gid, "extra_groups": []}
        return subprocess.Popen(
            [str(self.app / command[0]) if command[0].startswith("docker/") else command[0], *command[1:]],
            cwd=self.app,
            env={**self.environment, **environment},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **(identity if runs_as_root() else {}),
        )

    def finish(self, *command: str, **environment: str) -> str:
        """Run a program to its end; what it printed. AssertionError when it fails."""
        process = self.start(*command, **environment)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        return output

    @contextmanager
    def running(self, *command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """A program that runs until the end of the block."""
        process = self.start(*command, **environment)
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.communicate(timeout=10)


def build(folder: Path, **environment: str) -> Image:
    """Everything that docker/Dockerfile puts together, in `folder`, which others may enter."""
    for parent in (folder, folder / "app", folder / "run"):
        parent.mkdir(mode=0o755, exist_ok=True)
        parent.chmod(0o755)
    os.chown(folder / "run", service_account().uid, service_account().gid)
    for file in files_of_the_image():
        (folder / "app" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, folder / "app" / file)
    variables = {
        **make_environment(folder / "python", folder / "venv"), "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment,
    }  # fmt: skip
    compileall.compile_dir(folder / "app", quiet=1)
    return Image(folder / "app", folder / "run", variables)


def files_of_the_image() -> list[str]:
    """What `COPY . .` copies: what git knows, or would, without what .dockerignore names."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rules = ignore_rules()
    return [file for file in listed.stdout.splitlines() if (ROOT / file).exists() and not ignored(file, rules)]


def ignore_rules() -> list[str]:
    """The lines of .dockerignore."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def ignored(file: str, rules: Sequence[str]) -> bool:
    """Whether the build leaves the file out: the last rule that matches it, or a folder above it, decides."""
    parts = file.split("/")
    above = ["/".join(parts[: length + 1]) for length in range(len(parts))]
    left_out = False
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        names = parts if "**/" in rule else [name for name in above if name.count("/") == pattern.count("/")]
        if any(fnmatch(name, pattern) for name in names):
            left_out = not rule.startswith("!")
    return left_out


def make_environment(base: Path, venv: Path) -> dict[str, str]:
    """A Python without packages and, as in the image, an environment on it with the production requirements.

    In an environment packages lie at one place for every Python; outside of one Debian's, for one, looks elsewhere.
    """
    stdlib = Path(sysconfig.get_path("stdlib"))
    library = base / sys.platlibdir / stdlib.name
    shutil.copytree(stdlib, library, ignore=shutil.ignore_patterns(*_NOT_COPIED), copy_function=_link_or_copy)
    for shared in stdlib.parent.glob("libpython*.so.*"):
        shutil.copy2(shared, library.parent)
    program = base / "bin" / "python"
    program.parent.mkdir()
    shutil.copy2(Path(sys.executable).resolve(), program)
    variables = {"PATH": f"{venv / 'bin'}:/usr/bin:/bin", "LD_LIBRARY_PATH": str(library.parent)}
    subprocess.run([program, "-m", "venv", "--without-pip", venv], env=variables, check=True)
    for source, name in _production_files():
        target = venv / "lib" / stdlib.name / "site-packages" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(source, target)
    return variables


def production_packages() -> Iterator[importlib.metadata.Distribution]:
    """What requirements/production.txt installs on this Python."""
    text = (ROOT / "requirements" / "production.txt").read_text()
    # A package may stand there twice, for two versions of Python.
    for name in dict.fromkeys(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE)):
        with suppress(importlib.metadata.PackageNotFoundError):  # for another Python, or another system
            yield importlib.metadata.distribution(name)


def _production_files() -> Iterator[tuple[Path, str]]:
    for package in production_packages():
        for file in package.files or []:
            if not str(file).startswith("..") and Path(str(file.locate())).exists():
                yield Path(str(file.locate())), str(file)


def _link_or_copy(source: str | Path, target: str | Path) -> None:
    # A link costs no time, where both are on one file system.
    try:
        os.link(source, target, follow_symlinks=True)
    except OSError:
        shutil.copy2(source, target)
