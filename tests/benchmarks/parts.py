"""What a request pays for, in this process: the database, its view with REST framework, and all that is around them.

Beside them, in the same run, a bare Django view, a bare view of REST framework, and `SELECT 1`.
"""

import io
import itertools
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import path
from rest_framework.decorators import api_view, authentication_classes, permission_classes, throttle_classes
from rest_framework.request import Request
from rest_framework.response import Response

from airports.models import Airport
from tests.benchmarks.timing import Row, median_of

# How often each request is sent for a round.
_TIMES = 20
_AROUND, _VIEW, _DATABASE = "around", "view", "database"
# Seconds by part of the last request, and its statements.
_spent: defaultdict[str, float] = defaultdict(float)
Answer = Callable[[HttpRequest], HttpResponseBase]


def measure(*, import_id: int, token: str, rounds: int) -> Iterator[Row]:
    """The median of each request, its statements, and the share of each part."""
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        bare = Client()
        for name in ("django", "framework"):
            took = median_of(lambda url=f"/{name}": bare.get(url), rounds=rounds * _TIMES)  # type: ignore[misc]  # a default binds it
            yield Row(f"a bare view of {name}", took)
    with connection.cursor() as cursor:
        yield Row("SELECT 1", median_of(lambda: cursor.execute("SELECT 1"), rounds=rounds * _TIMES))
    middleware = [f"{__name__}.measure_whole", *settings.MIDDLEWARE, f"{__name__}.measure_view"]
    with (
        override_settings(MIDDLEWARE=middleware, ALLOWED_HOSTS=["testserver"], RATE_LIMIT_TOKEN=10**9),
        connection.execute_wrapper(_count),
    ):
        client = Client(headers={"authorization": f"Token {token}"})
        for name, ask in _requests(client, f"/imports/{import_id}").items():
            yield _row(name, ask, rounds=rounds * _TIMES)


def _requests(client: Client, url: str) -> dict[str, Callable[[], Any]]:
    if not Airport.objects.exists():
        call_command("load_airports", package=True, stdout=io.StringIO())
    airport, numbers = f"/airports/{Airport.objects.live().order_by('pk')[0].pk}", itertools.count(1)

    def patch() -> Any:
        body = {"apartment": next(numbers)}
        return client.patch(f"{url}/citizens/{next(numbers) % 1_000}", body, "application/json")

    gets = {
        "GET /health/live": "/health/live",
        "GET /imports": "/imports",
        "GET /imports/{id}": url,
        "GET a resident": f"{url}/citizens/1",
        "GET birthdays": f"{url}/citizens/birthdays?group_by=month",
        "GET percentiles": f"{url}/towns/stat/percentile/age",
        "GET /airports": "/airports",
        "GET /airports/{id}": airport,
        "GET /airports?q=": "/airports?q=bogota",
    }
    return {name: lambda path=where: client.get(path) for name, where in gets.items()} | {"PATCH a resident": patch}


def _row(name: str, ask: Callable[[], Any], *, rounds: int) -> Row:
    ask()
    found = []
    for _ in range(rounds):
        _spent.clear()
        if (answer := ask()).status_code != 200:
            raise RuntimeError(f"{name}: {answer.status_code}")
        found.append(dict(_spent))
    whole, view, database, statements = (
        statistics.median(one.get(part, 0) for one in found) for part in ("whole", _VIEW, _DATABASE, "statements")
    )
    parts = {_AROUND: whole - view, _VIEW: view - database, _DATABASE: database}
    shares = ", ".join(f"{part} {took * 1000:.2f} ({took / whole:.0%})" for part, took in parts.items())
    return Row(name, whole * 1000, note=f"{statements:.0f} statements, {shares}")


def measure_whole(get_response: Answer) -> Answer:
    """The outermost middleware."""
    return _measured("whole", get_response)


def measure_view(get_response: Answer) -> Answer:
    """The innermost middleware."""
    return _measured(_VIEW, get_response)


def _measured(part: str, get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        _spent[part] += time.perf_counter() - began
        return response

    return answer


def _count(execute: Callable[..., Any], *args: Any) -> Any:
    began = time.perf_counter()
    try:
        return execute(*args)
    finally:
        _spent[_DATABASE] += time.perf_counter() - began
        _spent["statements"] += 1


def _django(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"data": 1})


@api_view()
@authentication_classes([])
@permission_classes([])
@throttle_classes([])
def _framework(request: Request) -> Response:
    return Response({"data": 1})


urlpatterns = [path("django", _django), path("framework", _framework)]
