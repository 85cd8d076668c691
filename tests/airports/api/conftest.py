"""Who asks for a change, and who confirms it on a page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from config.common.accounts.services.tokens import issue_token


@pytest.fixture
def asker() -> User:
    """An editor who asks for changes."""
    issue_token(username="ana", role="Editors")
    return User.objects.get(username="ana")


@pytest.fixture
def browser(superuser: User) -> Client:
    """A browser in which somebody with all permissions has signed in; its forms need their CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    return client
