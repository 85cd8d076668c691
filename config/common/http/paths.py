"""Ids in URLs."""

from config.common.digits import number_in
from config.common.problems import NotFound
from config.common.texts import gettext as _

# A path segment of any text: what is no id is an object that does not exist, not a URL that does not.
SEGMENT = "[^/]+"


def path_id(text: str) -> int:
    """The id that `text` writes, between 0 and 2**63 - 1. Raises `NotFound` for anything else."""
    number = number_in(text)
    # A number has one address.
    if number is None or str(number) != text:
        raise NotFound(_("There is no such id."))
    return number
