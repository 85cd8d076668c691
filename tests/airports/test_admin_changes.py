"""Pending links in the admin: what they would change, and withdrawing them."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from airports.models import PendingChange
from airports.services.confirm_change import confirm_change
from airports.services.request_change import request_change
from config.common.accounts.services.tokens import issue_token
from tests.airports.builders import make_valencia

pytestmark = pytest.mark.django_db
LIST = "/admin/airports/pendingchange/"


def asked(city: str) -> tuple[str, PendingChange]:
    """A link to a change of Valencia, and the change."""
    airport = make_valencia(iata=None, icao=None)
    requested = request_change(airport_id=airport.pk, values={"city": city}, actor=None)
    return requested.token, requested.change


def test_it_says_what_would_change_and_where_it_stands(superuser: User, client: Client) -> None:
    client.force_login(superuser)
    changes = {city: asked(city) for city in ("waiting", "applied", "expired", "withdrawn")}
    confirm_change(token=changes["applied"][0], actor=superuser)
    PendingChange.objects.filter(pk=changes["expired"][1].pk).update(expires_at=timezone.now())
    PendingChange.objects.filter(pk=changes["withdrawn"][1].pk).update(withdrawn_at=timezone.now())
    for state, (_, change) in changes.items():
        page = client.get(LIST, {"state": state})
        assert [row.pk for row in page.context["cl"].result_list] == [change.pk]
        for html in (page.content.decode(), client.get(f"{LIST}{change.pk}/change/").content.decode()):
            assert f"<b>City</b>: Valencia → {state}" in html


def test_the_link_of_a_withdrawn_change_answers_410(client: Client) -> None:
    token, change = asked("Manises")
    client.force_login(issue_token(username="editor", role="Editors")[0].user)
    client.post(LIST, {"action": "withdraw_selected", "_selected_action": [change.pk]})
    assert [str(one) for one in client.get(LIST).context["messages"]] == ["1 withdrawn."]
    answer = client.get(f"/confirm/{token}", headers={"Accept": "text/html"})
    assert answer.status_code == 410
    assert "This link was withdrawn." in answer.content.decode()
