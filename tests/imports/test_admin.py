"""Deliveries in the admin."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from imports.models import Import
from tests.factories import ImportFactory

pytestmark = pytest.mark.django_db

SECRET = "Khreshchatyk"


@pytest.fixture
def viewer(client: Client) -> Client:
    """Somebody who may see where deliveries stand, and no resident."""
    user = User.objects.create_user("viewer")
    user.groups.add(Group.objects.get(name="Viewers"))
    client.force_login(user)
    return client


def test_the_list_says_how_far_deliveries_have_come(viewer: Client) -> None:
    ImportFactory(status=Import.Status.LOADING, citizen_count=200, processed=50)
    page = viewer.get("/admin/imports/import/").content.decode()
    assert page.count("25 %") == 1


def test_a_page_says_what_was_wrong_and_shows_no_resident(viewer: Client) -> None:
    errors = [{"pointer": "/citizens/3/town", "code": "too_short", "detail": "At least one character."}]
    differences = [{"citizen_id": 1, "difference": "new", "changes": {"street": {"from": None, "to": SECRET}}}]
    row = ImportFactory(status=Import.Status.FAILED, errors=errors, differences=differences)
    answer = viewer.get(f"/admin/imports/import/{row.pk}/change/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert ("/citizens/3/town" in page, SECRET in page) == (True, False)
    assert viewer.post(f"/admin/imports/import/{row.pk}/change/", {"source": "x"}).status_code == 403
