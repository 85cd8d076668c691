"""What every test may ask for: users with roles, their API clients, and a real server process."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from airports.postgis import has_places
from config.common.accounts.services.tokens import issue_token
from tests import emptying
from tests.server import Server, start_server


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, with tables that are quickly emptied."""
    with django_db_blocker.unblock():
        emptying.install()
        # Looked up once in a process: no test counts it.
        has_places()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """The language and the clock of a request stay its thread's, which here is the next test's too."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def token_of(db: None) -> Callable[[str], str]:
    """A token of a user with this role; the user is named as the role."""

    def make(role: str) -> str:
        return issue_token(username=role.lower(), role=role)[1]

    return make


@pytest.fixture
def client_of(token_of: Callable[[str], str]) -> Callable[[str], APIClient]:
    """An API client of a user with this role."""

    def make(role: str) -> APIClient:
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token_of(role)}")
        return client

    return make


@pytest.fixture
def manager(client_of: Callable[[str], APIClient]) -> APIClient:
    """An API client of a manager."""
    return client_of("Managers")


@pytest.fixture
def superuser(db: None) -> User:
    """Somebody who may do everything."""
    return User.objects.create_superuser(username="root", password="a long password")


@pytest.fixture
def root(superuser: User, client: Client) -> Client:
    """A browser in which a superuser is signed in."""
    client.force_login(superuser)
    return client


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[Server]:
    """A gunicorn of its own on this worker's test database. Use it in tests marked `django_db(transaction=True)`."""
    with start_server(health=True) as running:
        yield running
