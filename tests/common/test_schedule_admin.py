"""The page of a schedule in the admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.mark.django_db
def test_the_page_of_a_schedule_offers_the_tasks_of_the_product(client: Client, superuser: User) -> None:
    client.force_login(superuser)
    page = client.get("/admin/django_celery_beat/periodictask/add/")
    assert '<option value="imports.purge_deleted">' in page.content.decode()
