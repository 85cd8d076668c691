"""Ids in URLs."""

import re

from config.common.digits import MAX_INTEGER
from config.common.problems import NotFound

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")

# A path segment of any text: what is no id is an object that does not exist, not a URL that does not.
SEGMENT = "[^/]+"


def path_id(text: str) -> int:
    """The id that `text` writes, between 0 and 2**63 - 1. Raises `NotFound` for anything else."""
    if not _NUMBER.fullmatch(text) or int(text) > MAX_INTEGER:
        raise NotFound("There is no such id.")
    return int(text)
