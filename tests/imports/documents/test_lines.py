"""Cutting a stream into batches of whole lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.documents import lines as module
from imports.documents.lines import MAX_LINE_BYTES, Lines, cut_lines
from tests.effort import tries

LONGEST, PIECE = 5, 3
CHUNKS = st.lists(st.lists(st.sampled_from([b"a", b"\n", b"bcd", b"\r"]), max_size=8).map(b"".join), max_size=8)


def read(chunks: list[bytes]) -> list[bytes | None]:
    """Every line without its line feed, after a look at the numbers of the batches."""
    found: list[bytes | None] = []
    for lines in cut_lines(chunks):
        assert lines.first == len(found) + 1
        found += [None] if lines.raw is None else lines.raw.removesuffix(b"\n").split(b"\n")
    return found


@settings(derandomize=True, deadline=None, max_examples=tries(500))
@given(CHUNKS)
def test_every_line_comes_once_however_the_stream_is_cut(chunks: list[bytes]) -> None:
    expected: list[bytes | None] = list(b"".join(chunks).split(b"\n"))
    if expected[-1] == b"":
        expected.pop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_LINE_BYTES", LONGEST)
        patch.setattr(module, "PIECE_BYTES", PIECE)
        assert read(chunks) == [None if line is None or len(line) > LONGEST else line for line in expected]


@pytest.mark.parametrize("end", [b"", b"\n", b"\nx"])
def test_a_line_may_have_a_mebibyte_and_no_more(end: bytes) -> None:
    whole = b"a" * MAX_LINE_BYTES
    rest = [Lines(2, b"x")] if end == b"\nx" else []
    assert list(cut_lines([whole + end])) == [Lines(1, whole + end[:1]), *rest]
    assert list(cut_lines([whole, b"a" + end])) == [Lines(1, None), *rest]


def test_no_line_is_longer_in_memory_than_it_may_be() -> None:
    endless = (b"a" * 1000 for _ in range(10_000))
    assert list(cut_lines(endless)) == [Lines(1, None)]
