"""`python -m config.embedded.clean FOLDER…`: stop the embedded services of data folders and remove all their data."""

import shutil
import sys
from pathlib import Path

from config.embedded.account import runs_as_root
from config.embedded.errors import EmbeddedError, say
from config.embedded.layout import SYSTEM_HOME, Layout, is_identity, layout
from config.embedded.membership import exclusive, in_use
from config.embedded.session import stop


def remove(data_dir: Path) -> None:
    """Stop the services of `data_dir` and remove their data. Raises EmbeddedError while somebody uses them."""
    if not (data_dir / "services" / "id").exists():
        return
    places = layout(data_dir)
    if places.home.is_dir():
        with exclusive(places.home):
            if in_use(places.home):
                raise EmbeddedError(f"{data_dir} is in use. Stop what runs there first.")
            stop(places)
            _remove(places)
    shutil.rmtree(places.services, ignore_errors=True)


def _remove(places: Layout) -> None:
    shutil.rmtree(places.socket_dir, ignore_errors=True)
    shutil.rmtree(places.home)
    (places.data_dir / "secret_key").unlink(missing_ok=True)
    # What `make run` counted.
    shutil.rmtree(places.data_dir / "metrics", ignore_errors=True)
    if runs_as_root():
        _remove_copies()


def _remove_copies() -> None:
    """The last data folder takes the copied programs with it."""
    with exclusive(SYSTEM_HOME):
        entries = [entry for entry in SYSTEM_HOME.iterdir() if entry.is_dir()]
        if not any(is_identity(entry.name) for entry in entries):
            for copy in entries:
                shutil.rmtree(copy)


def main() -> int:
    try:
        for name in sys.argv[1:]:
            remove(Path(name))
    except EmbeddedError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
