"""A stream of bytes as numbered lines of text, in constant memory."""

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from config.common.problems import FieldError, InvalidInput
from config.common.tabular.encodings import ADVICE, guessed_utf8
from config.common.tabular.read_workbook import MAGIC
from config.common.texts import gettext as _

CHUNK = 256 * 1024
# Some ten times what the longest valid row takes.
MAX_LINE_BYTES = 32 * 1024


class ByteStream(Protocol):
    """What bytes are read from: a file, a request."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class BadLine(Exception):
    """A line that is no text. `code` is for programs, `text` for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


Line = str | BadLine


def read_lines(stream: ByteStream) -> Iterator[Line]:
    """The lines of `stream`, whatever its encoding, without their line feeds; a carriage return before it stays. A line
    whose encoding is not certain, or which is longer than `MAX_LINE_BYTES`, comes as a `BadLine`. Raises `InvalidInput`
    for what is no text."""
    for block in _blocks(stream):
        lines = block.split(b"\n")
        try:
            text = block.decode()
        except UnicodeDecodeError:
            text = None
        if text is None or max(map(len, lines)) > MAX_LINE_BYTES:
            yield from map(_checked, lines)
        else:
            yield from text.split("\n")


def _blocks(stream: ByteStream) -> Iterator[bytes]:
    """Whole lines, as many as a chunk holds, without the last line feed. A longer line is cut beyond the limit."""
    rest = b""
    for chunk in guessed_utf8(_chunks(stream), strict=False):
        head, feed, tail = chunk.rpartition(b"\n")
        if feed:
            yield rest + head
            rest = tail
        else:
            # One byte beyond the limit is kept, so that the line is seen to be too long.
            rest = (rest + tail)[: MAX_LINE_BYTES + 1] if len(rest) > MAX_LINE_BYTES else rest + tail
    if rest:
        yield rest


def _chunks(stream: ByteStream) -> Iterator[bytes]:
    for number, chunk in enumerate(iter(partial(stream.read, CHUNK), b"")):
        if not number and chunk.startswith(MAGIC):
            detail = _("This is a workbook. Save it as “CSV UTF-8” and send that.")
            raise InvalidInput(
                _("The file is not valid. Nothing was stored."), errors=[FieldError("", "workbook", detail)]
            )
        yield chunk


def _checked(line: bytes) -> Line:
    if len(line) > MAX_LINE_BYTES:
        return BadLine("row_too_long", _("A row may have %(most)s bytes at most.") % {"most": MAX_LINE_BYTES})
    try:
        return line.decode()
    except UnicodeDecodeError:
        return BadLine("invalid_utf8", _("The line is not UTF-8. %(advice)s") % {"advice": ADVICE})
