"""Deliveries as offices have them: what is special about each file, and what is read or said.

docs/imports.md shows the table; `python -m tests.imports.office_files` writes it there.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.documentation import rewrite
from tests.imports.documents.builders import document
from tests.imports.documents.tables import csv_of, rows_of, whole, xlsx_of

People = list[dict[str, Any]]

ANA = whole(1, name="Ana Núñez", town="Málaga", street="Cañón", building="22", gender="female", relatives=[2])
LUIS = ANA | {"citizen_id": 2, "name": "Luis Núñez", "gender": "male", "relatives": [1]}
SPANISH = [ANA, LUIS]
ANNA = whole(1, gender="female", friends=[2], channel="радио")
IVAN = ANNA | {"citizen_id": 2, "gender": "male", "friends": [1]}
RUSSIAN = [ANNA, IVAN]
ROWS = rows_of(*SPANISH)
_SPANISH = "ID,Población,Calle,Número,Piso,Nombre,Fecha de nacimiento,Sexo,Familiares,Amigos,Canal"
_RUSSIAN = "ИД,Город,Улица,Дом,Квартира,ФИО,Дата рождения,Пол,Родственники,Друзья,Канал"
BOM = b"\xef\xbb\xbf"
LINES = b"".join(json.dumps(one).encode() + b"\n" for one in SPANISH)


def changed(rows: list[list[Any]], **columns: list[Any]) -> list[list[Any]]:
    """The rows with other values in some columns, from the first resident on."""
    names = rows[0]
    copies = [list(row) for row in rows]
    for name, values in columns.items():
        for row, value in zip(copies[1:], values, strict=True):
            row[names.index(name)] = value
    return copies


@dataclass(frozen=True)
class OfficeFile:
    """A file by its name; `read` is who is in it, or `said` place and code of what is wrong."""

    name: str
    body: bytes
    read: People | None = None
    said: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, str] | None = None


SPANISH_ROWS = [_SPANISH.split(","), *changed(ROWS, gender=["Mujer", "Hombre"])[1:]]
RUSSIAN_ROWS = [_RUSSIAN.split(","), *changed(rows_of(*RUSSIAN), gender=["жен.", "муж."])[1:]]
WRONG = ROWS + changed(ROWS, citizen_id=[3, 4], relatives=["", ""], town=["", "x"])[1:]
MARKED = [ANA | {"name": "\u202bTest O\u2019Person\u202c", "relatives": []}]
GUARDED = [ANA | {"name": "=1+1", "relatives": []}]

FILES: dict[str, OfficeFile] = {
    "Excel in Spain: `;`, Windows-1252, Spanish names": OfficeFile(
        "padron.csv", csv_of(SPANISH_ROWS, delimiter=";", encoding="cp1252"), SPANISH
    ),
    "Excel's “CSV UTF-8”: a byte order mark": OfficeFile("a.csv", BOM + csv_of(SPANISH_ROWS, delimiter=";"), SPANISH),
    "Excel's “Unicode text”: UTF-16, tabs": OfficeFile(
        "a.txt", csv_of(SPANISH_ROWS, delimiter="\t", encoding="utf-16"), SPANISH
    ),
    "Excel in Russia: `;`, Windows-1251, Russian names": OfficeFile(
        "жители.csv", csv_of(RUSSIAN_ROWS, delimiter=";", encoding="cp1251"), RUSSIAN
    ),
    "An export of Demanda": OfficeFile("a.csv", csv_of(ROWS), SPANISH),
    "The same, packed with gzip": OfficeFile("a.csv.gz", gzip.compress(csv_of(ROWS)), SPANISH),
    "Quotes, delimiters and line breaks in cells": OfficeFile(
        "a.csv",
        csv_of(changed(ROWS, street=['a "b", c\r\nd;', "x"])),
        [ANA | {"street": 'a "b", c\r\nd;'}, LUIS | {"street": "x"}],
    ),
    "Columns in another order and case": OfficeFile(
        "a.csv", csv_of([[str(cell).upper() for cell in ROWS[0]][::-1], *(row[::-1] for row in ROWS[1:])]), SPANISH
    ),
    "Blank rows `,,,,` and a delimiter at the end of each row": OfficeFile(
        "a.csv", csv_of([[], [""] * 12, *([*row, ""] for row in [ROWS[0], [], *ROWS[1:]]), [""] * 12]), SPANISH
    ),
    "ISO dates beside others": OfficeFile(
        "a.csv", csv_of(changed(ROWS, birth_date=["1986-12-26", "26.12.1986"])), SPANISH
    ),
    "M and F": OfficeFile("a.csv", csv_of(changed(ROWS, gender=["F", "M"])), SPANISH),
    "H and M: M is female": OfficeFile("a.csv", csv_of(changed(ROWS, gender=["M", "H"])), SPANISH),
    "H, M and F": OfficeFile(
        "a.csv",
        csv_of([*changed(ROWS, gender=["M", "H"]), *changed(ROWS, citizen_id=[3, 4], gender=["F", "F"])[1:]]),
        said=(("line 4/gender", "ambiguous_gender"),),
    ),
    "Ids between semicolons and commas": OfficeFile(
        "a.csv",
        csv_of(changed([*ROWS, ROWS[2]], citizen_id=[1, 2, 3], relatives=["", "2; 3", "2,3"])),
        [ANA | {"relatives": []}, LUIS | {"relatives": [2, 3]}, LUIS | {"citizen_id": 3, "relatives": [2, 3]}],
    ),
    "A cell that a spreadsheet would run, guarded": OfficeFile(
        "a.csv", csv_of(changed(rows_of(*GUARDED), name=["'=1+1"])), GUARDED
    ),
    "No row that names the columns": OfficeFile("a.csv", csv_of(ROWS[1:]), said=(("line 1", "no_header"),)),
    "A column that nobody knows": OfficeFile(
        "a.csv", csv_of([[*ROWS[0], "Teléfono"], *ROWS[1:]]), said=(("line 1", "unknown_column"),)
    ),
    "A column too few": OfficeFile(
        "a.csv", csv_of([row[1:] for row in ROWS]), said=(("line 1/citizen_id", "missing_column"),)
    ),
    "Windows-1250, which is not certain": OfficeFile(
        "a.csv", csv_of(changed(ROWS, name=["Łódź", "x"], town=["x", "x"], street=["x", "x"]), encoding="cp1250"),
        said=(("line 2", "unknown_encoding"),),
    ),
    "Quotes out of place": OfficeFile(
        "a.csv", csv_of(ROWS).replace("Luis Núñez".encode(), b'"Luis" x'), said=(("line 3", "malformed_quotes"),)
    ),
    "A value that is missing": OfficeFile("a.csv", csv_of(WRONG), said=(("line 4/town", "required"),)),
    "A relation of one side": OfficeFile(
        "a.csv", csv_of([*ROWS[:1], [], *changed(ROWS, relatives=["2", ""])[1:]]),
        said=(("line 3/relatives/0", "not_mutual"),),
    ),
    "`sep=;` in the first line": OfficeFile("a.csv", b"sep=;\r\n" + csv_of(SPANISH_ROWS, delimiter=";"), SPANISH),
    "A name between marks for writing from right to left": OfficeFile(
        "a.csv", csv_of(rows_of(*MARKED)), MARKED
    ),
    "A cell of 200,000 characters": OfficeFile(
        "a.csv", csv_of(changed(ROWS, street=["x", "x" * 200_000])), said=(("line 3/street", "too_long"),)
    ),
    "The columns and blank rows, more than 64 KiB": OfficeFile("a.csv", csv_of([ROWS[0], *[[""] * 11] * 9_000]), []),
    "The columns and nobody": OfficeFile("a.csv", csv_of(ROWS[:1]), []),
    "A workbook with numbers and dates": OfficeFile(
        "a.xlsx",
        xlsx_of(changed(ROWS, building=[22, 22.0], relatives=[2, 1], birth_date=[date(1986, 12, 26), "26.12.1986"])),
        SPANISH,
    ),
    "A workbook that begins in its third row": OfficeFile("a.xlsx", xlsx_of([[], [], *SPANISH_ROWS]), SPANISH),
    "A workbook in which 1,2 became a number": OfficeFile(
        "a.xlsx", xlsx_of(changed(ROWS, relatives=[1.2, 1])), said=(("row 2/relatives", "invalid_type"),)
    ),
    "A workbook with a building that became a date": OfficeFile(
        "a.xlsx", xlsx_of(changed(ROWS, building=["22", date(2026, 2, 16)])), said=(("row 3/building", "invalid_type"),)
    ),
    "A workbook of the columns and nobody": OfficeFile("a.xlsx", xlsx_of(ROWS[:1]), []),
    "A workbook of before 2007": OfficeFile(
        "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64, said=(("", "malformed_workbook"),)
    ),
    "JSON with a byte order mark": OfficeFile("a.json", BOM + document(*SPANISH), SPANISH),
    "JSON of nobody": OfficeFile("a.json", document(), []),
    "An empty file called JSON": OfficeFile("a.json", b"", said=(("", "malformed_json"),)),
    "NDJSON with a byte order mark": OfficeFile("a.ndjson", BOM + LINES, SPANISH),
    "NDJSON as UTF-16": OfficeFile("a.ndjson", LINES.decode().encode("utf-16"), SPANISH),
    "An empty file of lines": OfficeFile("a.ndjson", b"", []),
}  # fmt: skip


def table() -> str:
    """The rows of the table: what is special about each file, and what becomes of it."""
    return "".join(f"| {special} | {_outcome(file)} |\n" for special, file in FILES.items())


def _outcome(file: OfficeFile) -> str:
    if file.said:
        places = ((place.replace("/", " · ") or "the file", code) for place, code in file.said)
        return ", ".join(f"`{place}` {code}" for place, code in places)
    return "read" if file.read else "nobody; people are asked first"


if __name__ == "__main__":
    rewrite("imports.md", table())
