"""What is sent where the document shows no example."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

from config.common.http.tables import XLSX

_AIRPORT = "Alicante,Alicante,Spain,ALC,LEAL,38.2822,-0.558156,142,1,E,Europe/Madrid,airport,OurAirports\n"
_NAMES = ("citizen_id", "town", "street", "building", "apartment", "name", "birth_date", "gender", "relatives")
_RESIDENT = (1, "Kyiv", "Khreshchatyk", "22", 7, "Anna", "26.12.1986", "female", "")


def _workbook(*rows: tuple[object, ...]) -> bytes:
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


# By operation and type of the body.
BODIES: dict[tuple[str, str], Any] = {
    ("airport_upload", "multipart/form-data"): {"file": _AIRPORT},
    ("airport_upload", "text/csv"): _AIRPORT,
    ("import_create", XLSX): _workbook(_NAMES, _RESIDENT),
}
# Of parameters that are required and name no object.
REQUIRED = {"name": "Somewhere", "latitude": 1.5, "longitude": 2.5}
# Where only a description says that one of several is required.
BESIDE: dict[str, dict[str, dict[str, Any]]] = {
    "update_airport_ask": {"query": {"city": "Manises"}},
    "changes_changes": {"query": {"source": ["default"]}},
}
