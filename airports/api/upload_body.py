"""The file of an upload, from a body that is the file or a form with the file in it; never whole in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from airports.csv.lines import ByteStream
from airports.services.upload_airports import AIRPORTS
from config.common.http.bodies import sent_encoding
from config.common.http.encodings import too_large
from config.common.http.tables import CSV
from config.common.http.unreadable import as_problem
from config.common.problems import FieldError, InvalidInput, UnsupportedType
from config.common.texts import either
from config.common.texts import gettext as _

FORM = "multipart/form-data"
FILE = "file"
# Room for the closing boundary, which has 70 characters at most, and for line breaks after it.
_TAIL = 256


class FormParser(BaseParser):
    """Names forms in OPTIONS and in the OpenAPI document. The view reads the body itself."""

    media_type = FORM

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> QueryDict:
        # Nothing is read: a browser's session asks for a CSRF token in the form before the role is known.
        return QueryDict()


class CSVParser(FormParser):
    """Reads a body that is the file itself."""

    media_type = CSV


class Body:
    """The bytes of a request, counted: neither more than `max_bytes` nor fewer than were announced."""

    def __init__(self, request: Request, *, max_bytes: int) -> None:
        announced = request.META.get("CONTENT_LENGTH") or ""
        self.tail = b""
        self._max_bytes = max_bytes
        self.announced = int(announced) if announced.isdecimal() else 0
        self._count = 0
        self._source: ByteStream = request._request
        self._refuse_beyond_limit(self.announced)

    def read(self, size: int | None = None, /) -> bytes:
        """Up to `size` bytes; none at the end. Raises `TooLarge`, and `InvalidInput` where the body breaks off."""
        try:
            chunk = self._source.read(self._max_bytes + 1 if size is None else size)
        except OSError as error:
            raise as_problem(error) from error
        self._count += len(chunk)
        self._refuse_beyond_limit(self._count)
        if not chunk and self._count < self.announced:
            raise _broken(_("The body broke off."))
        self.tail = (self.tail + chunk)[-_TAIL:]
        return chunk

    def _refuse_beyond_limit(self, size: int) -> None:
        if size > self._max_bytes:
            raise too_large(self._max_bytes)


@contextmanager
def uploaded_file(request: Request, *, max_bytes: int, check: Callable[[], None]) -> Iterator[ByteStream]:
    """The file that `request` brings. `check` runs when type and size are right, before a byte is read.

    Raises `UnsupportedType`, `TooLarge`, `NoSpace`, and `InvalidInput` for a form that is malformed or has not
    just the file.
    """
    media_type, parameters = parse_header_parameters(request.content_type or "")
    if media_type not in {FORM, CSV}:
        raise UnsupportedType(_("Send %(types)s.") % {"types": either([FORM, CSV])})
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"", "identity"}:
        raise UnsupportedType(_("Send the file without a Content-Encoding."))
    # Which one it is, is seen from the file.
    sent_encoding(request)
    body = Body(request, max_bytes=max_bytes)
    AIRPORTS.expect_room(body.announced)
    check()
    if media_type == CSV:
        yield body
        return
    with _file_in_form(request, body, boundary=parameters.get("boundary", "")) as file:
        yield file


@contextmanager
def _file_in_form(request: Request, body: Body, *, boundary: str) -> Iterator[ByteStream]:
    """The form's file, from disk, where it waits until the form is known to be whole."""
    # A parser that hears of no length reads nothing; the body itself counts.
    environment = request.META | {"CONTENT_LENGTH": request.META.get("CONTENT_LENGTH") or "1"}
    try:
        parser = MultiPartParser(environment, cast("Any", body), [TemporaryFileUploadHandler(request._request)])
        fields, files = parser.parse()
    except MultiPartParserError as error:
        raise _broken(_("The form is malformed.")) from error
    every_file = [file for name in files for file in files.getlist(name)]
    try:
        # The parser takes a form that breaks off for one that ends.
        if not body.tail.rstrip().endswith(f"--{boundary}--".encode()):
            raise _broken(_("The form breaks off."))
        yield _only_file(fields.dict() | files.dict(), every_file)
    finally:
        for file in every_file:
            file.close()


def _only_file(parts: dict[str, object], files: list["UploadedFile[bytes]"]) -> "UploadedFile[bytes]":
    errors = [
        FieldError(f"/{name}", "unknown_field", _("There is no such field."))
        for name in parts
        if name not in {FILE, "csrfmiddlewaretoken"}
    ]
    if not isinstance(parts.get(FILE), UploadedFile):
        errors.append(FieldError(f"/{FILE}", "required", _("A file is expected.")))
    elif len(files) > 1:
        errors.append(FieldError(f"/{FILE}", "repeated_field", _("One file is expected.")))
    if errors:
        raise InvalidInput(_("The form has one field, %(file)s, with one file.") % {"file": FILE}, errors=errors)
    return files[0]


def _broken(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError("", "malformed_body", detail)])
