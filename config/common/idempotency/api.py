"""`Idempotency-Key`: a decorator for the actions of an `ApiViewSet` that may be sent again.

    @extend_schema(…)
    @idempotent
    def create(self, request: Request) -> Response: ...

The action runs inside a transaction, and the answer is stored in it. PostgreSQL hears of the transaction with its first
statement, so a body that arrives slowly keeps none open.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.viewsets import ApiViewSet
from config.common.idempotency.answers import Answer, Remembered, claimed, find_answer, name_of, remember
from config.common.problems import FieldError, InvalidInput, KeyReused
from config.common.texts import gettext as _

_CHUNK = 1024 * 1024
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
# Of the headers of an answer those that say something about what was made.
_KEPT_HEADERS = ("Location", "ETag", "Preference-Applied")

PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description=(
        "Your name for this request, at most once carried out in 24 hours: the same again is answered as the first "
        "time, with `Idempotent-Replayed: true`. A refusal frees the key. It counts for this URL with this query."
    ),
)

ViewT = TypeVar("ViewT", bound=ApiViewSet)
P = ParamSpec("P")
Action = Callable[Concatenate[ViewT, Request, P], Response]


def idempotent(action: Action[ViewT, P]) -> Action[ViewT, P]:
    """Has the action carried out once for a key of its user, method and URL, however often it is sent in a day.

    The same request again gets the first answer with `Idempotent-Replayed: true`; one with another body or type raises
    `KeyReused`, one beside the first `Conflict`. The query, as it was sent, is part of the URL. An action that raises
    leaves the key free.
    """

    @wraps(action)
    def once(view: ViewT, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = read_key(request)
        if key is None:
            return action(view, request, *args, **kwargs)
        name = name_of(user=view.actor, method=str(request.method), url=_url(request), key=key)
        with claimed(name):
            sent = SentRequest(request)
            if first := find_answer(name):
                return _replayed(first, sent)
            with transaction.atomic():
                response = action(view, request, *args, **kwargs)
                remember(_answer(response), name=name, user=view.actor, request_hash=sent.hash())
            return response

    once.idempotency_key = PARAMETER  # type: ignore[attr-defined]  # for the OpenAPI document
    return cast("Action[ViewT, P]", once)


def read_key(request: Request) -> str | None:
    """The key that the request carries. Raises `InvalidInput` unless it is 1 to 255 visible ASCII characters."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _VISIBLE.fullmatch(key):
        error = FieldError("Idempotency-Key", "invalid", _("1 to 255 visible ASCII characters are expected."))
        raise InvalidInput(_("The header Idempotency-Key is not valid."), errors=[error])
    return key


def _url(request: Request) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{request.path}?{query}" if query else request.path


class SentRequest:
    """The hash of a request: the type and encoding of its body, and the bytes of it while somebody reads."""

    def __init__(self, request: Request) -> None:
        about = [request.META.get(name, "") for name in ("CONTENT_TYPE", "HTTP_CONTENT_ENCODING")]
        self._hash = hashlib.sha256(json.dumps(about).encode())
        self._read_on = request._request.read
        request._request.read = self._read  # type: ignore[method-assign]  # whoever reads the body reads it from here

    def hash(self) -> str:
        """Hexadecimal; reads what nobody has read of the body."""
        while self._read(_CHUNK):
            pass
        return self._hash.hexdigest()

    def _read(self, size: int | None = None) -> bytes:
        piece = self._read_on(size)
        self._hash.update(piece)
        return piece


def _replayed(first: Remembered, sent: SentRequest) -> Response:
    if first.request_hash != sent.hash():
        raise KeyReused(_("This Idempotency-Key belongs to a request with another body."))
    answer = first.answer
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return Response(json.loads(answer.body), status=answer.status, headers=headers)


def _answer(response: Response) -> Answer:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, headers, JSONRenderer().render(response.data).decode())
