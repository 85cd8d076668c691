"""What a file is, by its first bytes, and by its name where these could be both."""

import gzip
import json

import pytest

from imports.documents.formats import FORMATS, JSON, NDJSON, Format, kind_of
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
    "anything else": ("a", b"citizen_id,town", JSON),
    "anything else called lines": ("a.NDJSON.gz", b"\x00", NDJSON),
    "nothing": ("a.json", b"", JSON),
    "nothing called lines": ("a.ndjson", b"", NDJSON),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize(("name", "content", "expected"), FILES.values(), ids=FILES)
def test_what_a_file_is(name: str, content: bytes, expected: Format, packed: bool) -> None:
    assert kind_of(gzip.compress(content) if packed else content, name=name) == (expected, "gzip" if packed else "")


def test_a_broken_gzip_is_gzip() -> None:
    assert kind_of(b"\x1f\x8bxxxx", name="a.ndjson.gz") == (NDJSON, "gzip")


def test_formats_are_found_by_their_media_types() -> None:
    assert dict(FORMATS) == {"application/json": JSON, "application/x-ndjson": NDJSON}
