"""Files of airports as offices have them, and what is read or said.

docs/airports.md shows the table; `python -m tests.airports.upload.office_files` writes it there.
"""

import csv
import io
from collections.abc import Sequence

from airports.fields import NAMES
from tests.documentation import rewrite

ROW = {
    "name": "Aeropuerto de Málaga", "city": "Málaga", "country": "Spain", "iata": "AGP", "icao": "LEMG",
    "latitude": "36.6749", "longitude": "-4.49911", "altitude": "53", "timezone": "1", "dst": "E",
    "tz": "Europe/Madrid", "type": "airport", "source": "OurAirports",
}  # fmt: skip
_COMMAS = ROW | {"latitude": "36,6749", "longitude": "-4,49911"}
READ = {name: ROW[name] for name in ("name", "city", "iata")} | {"latitude": 36.6749, "longitude": -4.49911}


def _table(*rows: Sequence[str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


_SPANISH = [NAMES, tuple(_COMMAS.values())]
# What is special about a file: its bytes, and the errors that are said; none where the airport is read.
FILES: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "Excel in Spain: `;`, decimal commas, Windows-1252": (_table(*_SPANISH, delimiter=";", encoding="cp1252"), []),
    "the same without the row that names the columns": (
        _table(*_SPANISH[1:], delimiter=";", encoding="cp1252"), []
    ),
    "Excel's “Unicode text”: UTF-16, tabs": (_table(*_SPANISH, delimiter="\t", encoding="utf-16"), []),
    "Excel's “CSV UTF-8”: a byte order mark": (_table(*_SPANISH, delimiter=";", encoding="utf-8-sig"), []),
    "a delimiter at the end of each row, and blank rows": (
        _table((*NAMES, ""), [""] * 14, (*ROW.values(), ""), [""] * 14, []), []
    ),
    "a delimiter at the end of the row alone": (_table((*ROW.values(), "")), []),
    "an id, and a delimiter at the end": (_table(("1218", *ROW.values(), "")), []),
    "a tab beside an empty cell and quotes": (
        _table(NAMES, tuple(f'"{cell}"' if cell == "Málaga" else cell for cell in (ROW | {"source": ""}).values()),
               delimiter="\t").replace(b'"""', b'"'), []
    ),
    "a column that nobody knows": (_table((*NAMES, "", "wikipedia", "")), [
        ("line 1", "column 14: There is no such column."), ("line 1", "wikipedia: There is no such column."),
    ]),
    "a decimal comma in quotes between commas, which may stand between thousands": (
        _table(NAMES, tuple(_COMMAS.values())),
        [("line 2", "latitude: A number is expected."), ("line 2", "longitude: A number is expected.")],
    ),
    "a workbook": (b"PK\x03\x04xl", [("", "This is a workbook. Save it as “CSV UTF-8” and send that.")]),
}  # fmt: skip


def table() -> str:
    """The rows of the table: what is special about each file, and what becomes of it."""
    rows = ((special, said or [("", "read")]) for special, (_, said) in FILES.items())
    return "".join(
        f"| {special} | {'; '.join(' '.join(filter(None, one)) for one in said)} |\n" for special, said in rows
    )


if __name__ == "__main__":
    rewrite("airports.md", table())
