"""How a table is to be read where its sender says so."""

from typing import NamedTuple


class TableOptions(NamedTuple):
    """Nothing is said by an empty text. `delimiter` is a character, `encoding` a codec, `sheet` the name of one."""

    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
