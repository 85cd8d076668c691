"""The folder in which the processes of one machine, or of one container, count together.

Their files are named by process number, so containers must not share one. What a process that is gone has counted stays
until the next start: counters do not go back.

`python -m config.metrics_folder` clears the one that is named in the environment, before the programs start.
"""

import os
import shutil
import tempfile
from pathlib import Path

# Read by prometheus_client itself, when it is imported: set it before.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def clear(folder: Path) -> None:
    """Makes the folder and removes what an earlier run has counted there; nothing else that lies in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink(missing_ok=True)


def make_private(parent: Path | None) -> Path:
    """A new folder for this process and its children, named in their environment. Remove it with `remove`."""
    folder = Path(tempfile.mkdtemp(prefix="demanda-metrics-", dir=parent))
    os.environ[VARIABLE] = str(folder)
    return folder


def remove(folder: Path) -> None:
    """Removes a folder of `make_private`."""
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    from config import env

    if env.METRICS_DIR:
        clear(Path(env.METRICS_DIR))
