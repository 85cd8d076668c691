"""How far the loading of files has come, for a person who looks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm


class Bar:
    """One bar over all files, none when `hidden`. It counts bytes: how many residents there are is known at the end."""

    def __init__(self, paths: Sequence[str], *, hidden: bool) -> None:
        self._bar: Any = tqdm(
            total=sum(map(_size, paths)) or None, unit="B", unit_scale=True, unit_divisor=1024, disable=hidden
        )
        self._read: dict[str, tuple[int, int]] = {}

    def report(self, path: str, size: int, residents: int) -> None:
        """So many bytes of a file were read and so many residents taken in."""
        self._bar.update(size - self._read.get(path, (0, 0))[0])
        self._read[path] = size, residents
        self._bar.set_postfix_str(f"{sum(count for _, count in self._read.values()):,} residents", refresh=False)

    def close(self) -> None:
        """Leaves it as it is."""
        self._bar.close()


def _size(path: str) -> int:
    """0 where it is not known."""
    try:
        return Path(path).stat().st_size if Path(path).is_file() else 0
    except OSError:
        return 0
