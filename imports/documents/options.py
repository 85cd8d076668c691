"""How a table is to be read where its sender says so."""

from collections.abc import Sequence
from typing import NamedTuple


class TableOptions(NamedTuple):
    """Nothing is said by an empty text. `delimiter` is a character, `encoding` a codec, `sheet` the name of one.

    `columns` are the fields of the columns in their order, an empty text for one that is not used; where they are said,
    the names in the header say nothing. `letters` are those of M, F and H that stand among the genders, where it is
    known beforehand.
    """

    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    columns: Sequence[str] = ()
    letters: str = ""
