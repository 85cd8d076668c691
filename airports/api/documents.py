"""What of a JSON body belongs to the URL: the id of the airport that it is about."""

from collections.abc import Mapping

from config.common.http.paths import path_id
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _


def read_id(document: Mapping[str, object]) -> int:
    """The `id` in `document`. Raises `InvalidInput` where there is none, `NotFound` for what can be no id."""
    if "id" not in document:
        raise _refusal("required", _("A value is expected."))
    number = document["id"]
    if isinstance(number, bool) or not isinstance(number, int):
        raise _refusal("invalid_type", _("An integer is expected."))
    return path_id(str(number))


def _refusal(code: str, detail: str) -> InvalidInput:
    return InvalidInput(_("The body is not valid."), errors=[FieldError("/id", code, detail)])
