"""`POST /analytics/refresh` over HTTP."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from analytics.api import refresh
from imports.models import Import
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db


def test_it_is_accepted_with_what_there_is_to_do(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[User] = []

    def request_refresh(*, actor: User) -> bool:
        asked.append(actor)
        return True

    monkeypatch.setattr(refresh, "request_refresh", request_refresh)
    Import.objects.create(source="a", status="complete")
    answer = manager.post("/analytics/refresh")
    assert (answer.status_code, answer.json(), [one.username for one in asked]) == (
        202,
        {"data": {"stale_imports": 1}},
        ["managers"],
    )


def test_without_redis_it_is_503(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "request_refresh", lambda **_: False)
    answer = manager.post("/analytics/refresh")
    assert (problem(answer)["status"], answer["Retry-After"]) == (503, "5")


def test_it_takes_no_parameters(manager: APIClient) -> None:
    assert problem(manager.post("/analytics/refresh?all=1"))["errors"][0]["pointer"] == "?all"
