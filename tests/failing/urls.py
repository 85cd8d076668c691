"""Views that fail with what they were given in their body, their query, their variables and their messages."""

from collections.abc import Iterator

import structlog
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
logger = structlog.get_logger("config.tests")


def ask(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s AS asked", [value])


@csrf_exempt
def by_key(request: HttpRequest, kind: str) -> HttpResponse:
    name = request.GET["name"]
    body = request.body.decode()
    ask(body)
    logger.debug("about_to_fail")
    if request.method == "GET":
        return HttpResponse("well")
    raise KeyError(f"{name} {kind} {body}")


@csrf_exempt
def by_database(request: HttpRequest) -> HttpResponse:
    name = request.GET["name"]
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute("INSERT INTO auth_group (name) VALUES (%s)", [name])
    return HttpResponse("well")


def by_stream(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[str]:
        ask("first")
        yield "first"
        ask("second")
        if "name" in request.GET:
            raise ValueError(request.GET["name"])
        yield "second"

    return StreamingHttpResponse(chunks())


def by_patience(request: HttpRequest) -> HttpResponse:
    """Fails nobody who waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [request.GET["seconds"]])
    return HttpResponse("well")


urlpatterns: list[URLPattern | URLResolver] = [
    *product,
    path("fail/key/<str:kind>", by_key),
    path("fail/database", by_database),
    path("fail/stream", by_stream),
    path("slow", by_patience),
]
