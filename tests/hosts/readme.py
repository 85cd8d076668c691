"""The shell blocks of a page, as somebody who follows it would type them."""

import re
from pathlib import Path

from tests.server import ROOT

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[str]:
    """Those of a page of the project, in their order."""
    return _BLOCK.findall(Path(ROOT, page).read_text(encoding="utf-8"))
