"""Bytes of a text as UTF-8, while they come: marks are read over, other encodings are recognised and converted."""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType

from config.common.problems import FieldError, InvalidInput
from config.common.tabular.code_pages import code_page_of
from config.common.texts import gettext as _

UTF8 = "utf-8"
# What callers may say, and the codec; of UTF-16 that of Windows, where no mark says more.
ENCODINGS: Mapping[str, str] = MappingProxyType(
    {"utf-8": UTF8, "utf-16": "utf-16-le", "windows-1252": "cp1252", "windows-1251": "cp1251"}
)
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LONGEST_MARK = 3
# From the first line that is not ASCII on, so much decides.
SAMPLE_BYTES = 64 * 1024
_LONGEST_REST = 64 * 1024
ADVICE = _(
    "Tried: UTF-8, UTF-16 with a byte order mark, Windows-1252 and Windows-1251. "
    "Save the file as “CSV UTF-8”, or say which encoding it has."
)


def named_encoding(name: str) -> str | None:
    """The codec of an encoding that callers may name, in any case; None for another."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return next((ours for called, ours in ENCODINGS.items() if codec in {codecs.lookup(called).name, ours}), None)


def utf8(chunks: Iterable[bytes], *, encoding: str = UTF8) -> Iterator[bytes]:
    """The text in UTF-8 without its byte order mark, which says more than `encoding`, a codec.

    Bytes that are said to be UTF-8 are passed on as they are. Raises `InvalidInput` for what is not in its encoding.
    """
    mark, pieces = _marked(chunks)
    return _converted(pieces, mark or encoding)


def whole_utf8(body: bytes) -> bytes:
    """As `utf8`, of a whole text; as it is where it is not in the encoding of its mark: whoever reads it says so."""
    try:
        return b"".join(utf8([body]))
    except InvalidInput:
        return body


def guessed_utf8(chunks: Iterable[bytes], *, strict: bool) -> Iterator[bytes]:
    """As `utf8`, of a text whose encoding nobody said.

    Where none is certain `strict` raises `InvalidInput`; else the bytes are passed on. So they are of a text that is
    mostly UTF-8: single lines of it are damaged.
    """
    mark, pieces = _marked(chunks)
    return _converted(pieces, mark) if mark else _guessed(pieces, strict=strict)


def encoding_called(sample: bytes, said: str = "") -> str:
    """What people call the encoding of a text that begins with `sample`; `said` is a codec that somebody chose."""
    mark = _marked([sample])[0]
    if not (codec := mark or said):
        cut = sample[: sample.rfind(b"\n") + 1] or sample
        if cut.isascii():
            return "ASCII, as far as the first rows go"
        codec = encoding_of(cut) or ""
    return _called(codec).replace("utf", "UTF").replace("windows", "Windows")


def encoding_of(sample: bytes) -> str | None:
    """The codec of a text that begins with, or goes on with, `sample`; None where nothing is certain."""
    if _is_utf8(sample):
        return UTF8
    return code_page_of(sample)


def _marked(chunks: Iterable[bytes]) -> tuple[str, Iterator[bytes]]:
    """What the byte order mark says, nothing without one, and the bytes after it."""
    pieces, start = iter(chunks), b""
    while len(start) < _LONGEST_MARK and (piece := next(pieces, b"")):
        start += piece
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if start.startswith(mark)), (b"", ""))
    start = start.removeprefix(mark)
    return codec, chain([start] if start else [], pieces)


def _converted(pieces: Iterator[bytes], codec: str) -> Iterator[bytes]:
    if codec == UTF8:
        yield from pieces
        return
    decoder, line = codecs.getincrementaldecoder(codec)(), 1
    for piece, is_last in chain(((piece, False) for piece in pieces), [(b"", True)]):
        try:
            text = decoder.decode(piece, is_last)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise _refusal(
                line, "invalid_encoding", _("What stands here is not %(encoding)s.") % {"encoding": _called(codec)}
            ) from None
        line += text.count("\n")
        yield text.encode(UTF8)


def _called(codec: str) -> str:
    # Either order of UTF-16 is one encoding.
    return next((name for name, ours in ENCODINGS.items() if ours[:6] == codec[:6]), "not certain")


def _guessed(pieces: Iterator[bytes], *, strict: bool) -> Iterator[bytes]:
    line, rest = 1, b""
    for piece in pieces:
        piece = rest + piece
        # Whole lines, so that what decides does not hang on how the bytes come.
        cut = (piece if piece.isascii() else piece[: _first_beyond_ascii(piece)]).rfind(b"\n") + 1
        rest = piece[cut:]
        line += piece.count(b"\n", 0, cut)
        if cut:
            yield piece[:cut]
        if not rest.isascii():
            yield from _decided(rest, pieces, line, strict=strict)
            return
        if len(rest) > _LONGEST_REST:
            yield rest
            rest = b""
    if rest:
        yield rest


def _decided(start: bytes, pieces: Iterator[bytes], line: int, *, strict: bool) -> Iterator[bytes]:
    """All from the first line on that is not ASCII, `line`."""
    while len(start) < SAMPLE_BYTES and (piece := next(pieces, b"")):
        start += piece
    sample = start[:SAMPLE_BYTES]
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    codec = encoding_of(sample)
    if codec is None and strict and not _is_mostly_utf8(sample):
        raise _refusal(
            line, "unknown_encoding", _("The encoding of the file is not certain. %(advice)s") % {"advice": ADVICE}
        )
    yield from _converted(chain([start], pieces), codec or UTF8)


def _first_beyond_ascii(piece: bytes) -> int:
    try:
        piece.decode("ascii")
    except UnicodeDecodeError as error:
        return error.start
    return len(piece)


def _is_utf8(sample: bytes) -> bool:
    try:
        sample.decode(UTF8)
    except UnicodeDecodeError as error:
        # A character that is cut off by the end of the sample.
        return len(sample) == SAMPLE_BYTES and error.reason == "unexpected end of data"
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    beyond = [letter for letter in sample.decode(UTF8, "surrogateescape") if letter > "\x7f"]
    return 2 * sum("\udc80" <= letter <= "\udcff" for letter in beyond) < len(beyond)


def _refusal(line: int, code: str, detail: str) -> InvalidInput:
    return InvalidInput(
        _("The file is not valid. Nothing was stored."), errors=[FieldError(f"line {line}", code, detail)]
    )
