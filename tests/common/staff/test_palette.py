"""The command palette of the admin finds rows."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.models import TownPlace
from config.common.accounts.services.tokens import issue_token
from config.common.staff.palette import _OF_EACH
from tests.airports.builders import make_airport, make_valencia
from tests.factories import ImportFactory

pytestmark = pytest.mark.django_db
SEARCH = "/admin/search/"


def found(client: Client, words: str) -> str:
    """The palette's answer."""
    return client.get(SEARCH, {"s": words, "extended": "1"}).content.decode()


def test_an_airport_is_found_by_its_code(superuser: User, client: Client) -> None:
    airport = make_valencia()
    client.force_login(superuser)
    assert reverse("admin:airports_airport_change", args=[airport.pk]) in found(client, "vlc")


def test_of_many_the_first_are_shown(superuser: User, client: Client) -> None:
    for number in range(_OF_EACH + 2):
        make_airport(f"Field {number}")
    client.force_login(superuser)
    assert found(client, "field").count("/change/") == _OF_EACH


def test_a_flagged_airport_is_not_found_by_who_does_not_see_it(client: Client) -> None:
    airport = make_airport("Flagged")
    airport.is_deleted, airport.deleted_at = True, airport.created_at
    airport.save()
    client.force_login(issue_token(username="editor", role="Editors")[0].user)
    assert "/change/" not in found(client, "flagged")


@pytest.mark.parametrize("words", ["padr", "{id}"])
def test_an_import_is_found_by_the_beginning_of_its_source_and_by_its_number(client: Client, words: str) -> None:
    row = ImportFactory(source="padrón")
    client.force_login(issue_token(username="viewer", role="Viewers")[0].user)
    page = reverse("admin:imports_import_change", args=[row.pk])
    assert page in found(client, words.format(id=row.pk))


def test_a_town_is_found_by_its_name(client: Client) -> None:
    TownPlace.objects.create(town="Kyiv", method="unplaced", placed_at=timezone.now())
    client.force_login(issue_token(username="viewer", role="Viewers")[0].user)
    assert reverse("admin:analytics_townplace_change", args=["Kyiv"]) in found(client, "kyi")
