"""`POST /analytics/refresh` over HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from analytics.api import refresh
from imports.models import Import
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db


def test_it_is_accepted_with_what_there_is_to_do(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(refresh, "request_refresh", lambda *, actor: asked.append(actor.username) or True)
    Import.objects.create(source="a", status="complete")
    answer = manager.post("/analytics/refresh")
    assert (answer.status_code, answer.json(), asked) == (202, {"data": {"stale_imports": 1}}, ["managers"])


def test_without_redis_it_is_503(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "request_refresh", lambda **_: False)
    answer = manager.post("/analytics/refresh")
    assert (problem(answer)["status"], answer["Retry-After"]) == (503, "5")


def test_it_takes_no_parameters(manager: APIClient) -> None:
    assert problem(manager.post("/analytics/refresh?all=1"))["errors"][0]["pointer"] == "?all"
