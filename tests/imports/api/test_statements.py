"""How many statements typical requests make: each is a round trip, of a request that has few milliseconds."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from config.common.accounts.services.tokens import issue_token
from config.common.privacy.models import ReadAudit
from tests.factories import people, relate
from tests.imports.world import load

pytestmark = pytest.mark.django_db

# Who calls, and what they ask for.
READ = ["who calls", "delivery"]
READ_RESIDENT = ["who calls", "resident", "read"]
CORRECT = ["who calls", "read", "delivery locked", "residents locked", "resident", "correction", "revision"]
RELATE = ["who calls", "lists", *CORRECT[1:5], "other sides", *CORRECT[5:]]


@pytest.fixture
def client() -> APIClient:
    """A manager's, with a token that was used a moment ago."""
    found = APIClient(headers={"authorization": f"Token {issue_token(username='mia', role='Managers')[1]}"})
    assert found.get("/imports").status_code == 200
    return found


def read_delivery(client: APIClient, url: str) -> int:
    """Reads the status of a delivery."""
    return client.get(url).status_code


def read_resident(client: APIClient, url: str) -> int:
    """Reads one resident."""
    return client.get(f"{url}/citizens/1").status_code


def correct(client: APIClient, url: str) -> int:
    """Gives a resident another town."""
    return client.patch(f"{url}/citizens/1", {"town": "Minsk"}, format="json").status_code


def unrelate(client: APIClient, url: str) -> int:
    """Takes the relatives from a resident."""
    return client.patch(f"{url}/citizens/1", {"relatives": []}, format="json").status_code


@pytest.mark.parametrize(
    ("ask", "expected"),
    [(read_delivery, READ), (read_resident, READ_RESIDENT), (correct, CORRECT), (unrelate, RELATE)],
)
def test_a_request_makes_these_statements(
    ask: Callable[[APIClient, str], int], expected: list[str], client: APIClient
) -> None:
    residents = relate(people(2), "relatives", (1, 2))
    url = f"/imports/{load(residents)}"
    with CaptureQueriesContext(connection) as made:
        assert ask(client, url) == 200
    statements = [one["sql"] for one in made if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == len(expected), statements


def test_a_refused_correction_was_no_read(client: APIClient) -> None:
    url = f"/imports/{load(people(1))}"
    with CaptureQueriesContext(connection) as made:
        assert client.patch(f"{url}/citizens/1", {"relatives": [7]}, format="json").status_code == 400
    assert any("privacy_readaudit" in one["sql"] for one in made)
    assert not ReadAudit.objects.exists()
