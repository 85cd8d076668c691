"""What a file is, by its first bytes, and by its name where these could be both."""

import gzip
import json

import pytest

from imports.documents.formats import CSV, FORMATS, JSON, NDJSON, XLSX, Format, kind_of
from tests.imports.documents.builders import citizen, document

ONE = json.dumps(citizen(1)).encode()
BOM = b"\xef\xbb\xbf"

FILES: dict[str, tuple[str, bytes, Format]] = {
    "a document": ("a", document(citizen(1)), JSON),
    "a document called lines": ("a.ndjson", document(citizen(1)), JSON),
    "a document of several lines": ("a.ndjson", json.dumps({"citizens": [citizen(1)]}, indent=2).encode(), JSON),
    "a document that begins with another key": ("a", b'{"version": 1, "citizens": []}', JSON),
    "a document after a byte order mark": ("a", BOM + document(), JSON),
    "a document whose list is none": ("a", b' {"citizens" : null}', JSON),
    "a document with a misspelt key": ("a.json", b'{\n "citizen": []\n}', JSON),
    "a document in a list": ("a.json", b"[" + ONE + b"]", JSON),
    "lines": ("a", ONE + b"\n" + ONE, NDJSON),
    "lines called a document": ("a.json", ONE + b"\n" + ONE, NDJSON),
    "half a line": ("a", ONE[:30], NDJSON),
    "lines after a byte order mark": ("a.json", BOM + ONE + b"\n" + ONE, NDJSON),
    "lines after an empty one": ("a.json", b"\n \r\n" + ONE, NDJSON),
    "lines of which the first has a typo": ("a.json", ONE.replace(b",", b"", 1) + b"\n" + ONE, NDJSON),
    "lines of which the first has no quotes": ("a.ndjson", b"{citizen_id: 1}\n" + ONE, NDJSON),
    "somebody who lives in a document": ("a", ONE.replace(b"16", b'\\"citizens\\":'), NDJSON),
    "something with a blank after its brace": ("a.json", ONE.replace(b"{", b"{ \t"), NDJSON),
    "a list called lines": ("a.jsonl", b"[]", NDJSON),
    "a table": ("a.json", b"citizen_id,town", CSV),
    "a table after an empty line": ("a", b"\r\n ID;Ciudad\r\n", CSV),
    "a table in UTF-16": ("a", "ИД\tГород".encode("utf-16"), CSV),
    "a table in Windows-1252": ("a", "Población;calle;número;piso".encode("cp1252"), CSV),
    "something called a table": ("a.CSV", b"one,two", CSV),
    "a document with a comma": ("a.csv", b'{"citizens": []}', JSON),
    "a workbook": ("a.json", b"PK\x03\x04", XLSX),
    "an old workbook, or one with a password": ("a", b"\xd0\xcf\x11\xe0", XLSX),
    "something called a workbook": ("a.xlsx", b"one", XLSX),
    "a document in UTF-16": ("a", '{"citizens": []}'.encode("utf-16"), JSON),
    "lines in UTF-16": ("a.json", ONE.decode().encode("utf-16"), NDJSON),
    "lines in UTF-16 that are cut within a character": ("a.json", ONE.decode().encode("utf-16")[:-1], NDJSON),
    "anything else": ("a", b"name the town", JSON),
    "anything else called lines": ("a.NDJSON.gz", b"\x00", NDJSON),
    "nothing called a document": ("a.json", b"", JSON),
    "nothing called lines": ("a.ndjson", b"", NDJSON),
    "nothing called a table": ("a.csv.gz", b"\n", CSV),
    "nothing": ("-", b" \r\n", NDJSON),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(("name", "content", "expected"), FILES.values(), ids=FILES)
def test_what_a_file_is(name: str, content: bytes, expected: Format, packed: bool) -> None:
    assert kind_of(gzip.compress(content) if packed else content, name=name) == (expected, "gzip" if packed else "")


def test_a_broken_gzip_is_gzip() -> None:
    assert kind_of(b"\x1f\x8bxxxx", name="a.ndjson.gz") == (NDJSON, "gzip")


def test_formats_are_found_by_their_media_types() -> None:
    assert list(FORMATS.values()) == [JSON, NDJSON, CSV, XLSX]
    assert FORMATS["text/csv"] == CSV
