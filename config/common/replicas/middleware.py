"""After each request that the primary answered: what its caller has seen now, a replica must have too."""

from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from config.common.http.patience import USER
from config.common.replicas.reading import READ_FROM, floors, replicas

_POSITION = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"


class FloorMiddleware(MiddlewareMixin):
    """Notes how far the log was when the primary had answered somebody, before they can ask again.

    Also for reads: who was told by the primary that a delivery is complete finds its residents. Not for readers that it
    answers in a replica's stead: a caller who asks each second would never come back to one that is a second late.
    """

    def __init__(self, get_response: Any) -> None:
        if not settings.DATABASE_REPLICAS:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Their threads look after the floors.
        replicas()
        who = _who(request)
        if who is not None and READ_FROM not in request.META:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(_POSITION)
                    floors().raise_to(int(cursor.fetchone()[0]), who=who)
            except Error:
                # What this request wrote it wrote, and nobody can say how far that is.
                floors().distrust()
        return response


def _who(request: HttpRequest) -> int | None:
    """The number of the user, where somebody has looked who it is."""
    who = request.META.get(USER) or getattr(getattr(request, "_cached_user", None), "pk", None)
    return who if isinstance(who, int) else None
