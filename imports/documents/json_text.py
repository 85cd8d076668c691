"""JSON as RFC 8259 has it, read into plain Python values."""

import json

from config.common.problems import FieldError
from config.common.texts import gettext as _
from imports.documents.codes import Code
from imports.documents.errors import InvalidDocument

LONGEST_INTEGER = len(str(-(2**63)))
BEYOND_ANY_FIELD = 2**64
# What Python's decoder says, each as it says it.
REASONS = {
    str(reason): reason
    for reason in (
        _("Expecting value"),
        _("Expecting ',' delimiter"),
        _("Expecting ':' delimiter"),
        _("Expecting property name enclosed in double quotes"),
        _("Illegal trailing comma before end of object"),
        _("Illegal trailing comma before end of array"),
        _("Unterminated string starting at"),
        _("Invalid control character at"),
        _("Invalid \\escape"),
        _("Invalid \\uXXXX escape"),  # the letters are the standard library's own
        _("Extra data"),
    )
}


def load_json(body: bytes) -> object:
    """The value in `body`; of a repeated key the last value. Keeps lone surrogates.

    Raises `InvalidDocument` with one error and an empty pointer when it is not
    UTF-8 or not JSON.
    """
    try:
        return DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise refusal(Code.MALFORMED_JSON, _("Not UTF-8 at byte %(place)s.") % {"place": str(error.start)}) from None
    except json.JSONDecodeError as error:
        told = {"reason": REASONS.get(error.msg, error.msg), "line": str(error.lineno), "column": str(error.colno)}
        detail = _("Not JSON: %(reason)s at line %(line)s column %(column)s.") % told
        raise refusal(Code.MALFORMED_JSON, detail) from None
    except RecursionError:
        raise refusal(Code.TOO_DEEP, _("Nested too deeply.")) from None


def refusal(code: Code, detail: str) -> InvalidDocument:
    """An error of the document as a whole."""
    return InvalidDocument([FieldError("", code.value, detail)])


def parse_integer(digits: str) -> int:
    """`int`, but quick for any number of digits: beyond 64 bits the value no longer matters."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else BEYOND_ANY_FIELD


def refuse_constant(name: str) -> object:
    """NaN and the infinities, which Python's decoder would take, are not JSON."""
    raise refusal(Code.MALFORMED_JSON, _("Not JSON: %(name)s is not a JSON value.") % {"name": name})


DECODER = json.JSONDecoder(parse_int=parse_integer, parse_constant=refuse_constant)
