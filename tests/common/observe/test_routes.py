"""Patterns of URLs: they name no object."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import resolve

from config.common.observe.routes import route_of


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("/airports", "/airports"),
        ("/airports/7/history", "/airports/{airport_id}/history"),
        ("/imports/7/citizens/8", "/imports/{import_id}/citizens/{citizen_id}"),
        ("/confirm/secret", "/confirm/{token}"),
        ("/admin/auth/user/7/change/", "/admin/auth/user/{object_id}/change/"),
        ("/admin/airports/airport/7/history/8/", "/admin/airports/airport/{id}/history/{id}/"),
        ("/silk/request/00000000-0000-0000-0000-000000000000/", "/silk/request/{request_id}/"),
    ],
)
def test_the_ids_of_a_path_are_names(path: str, route: str) -> None:
    request: Any = SimpleNamespace(resolver_match=resolve(path))
    assert route_of(request) == route


def test_an_unknown_address_has_no_pattern() -> None:
    nowhere: Any = SimpleNamespace(resolver_match=None)
    assert route_of(nowhere) is None
