"""A byte order mark before a JSON body is read over, wherever one is taken."""

import json

import pytest
from rest_framework.test import APIClient

from tests.common.helpers import existing_objects

pytestmark = pytest.mark.django_db
AIRPORT = {"name": "Marked", "latitude": 1, "longitude": 2}


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_marked_body_is_json(manager: APIClient, mark: str) -> None:
    where = existing_objects()
    requests = {
        ("post", "/airports"): AIRPORT,
        ("put", "/create"): AIRPORT | {"name": "Other"},
        ("patch", "/update"): {"id": where["airport"], "city": "X"},
        ("patch", f"/airports/{where['airport']}"): {"city": "Y"},
        ("patch", f"/imports/{where['id']}/citizens/1"): {"town": "Z"},
        ("post", "/imports"): {"citizens": []},
    }
    for (method, url), body in requests.items():
        sent = json.dumps(body).encode(mark)
        answer = getattr(manager, method)(url, sent, content_type="application/json")
        assert answer.status_code in {200, 201}, (method, url, answer.content)
