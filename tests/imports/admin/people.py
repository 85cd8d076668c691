"""Who opens the pages."""

from django.contrib.auth.models import User
from django.test import Client

from config.common.accounts.services.tokens import issue_token


def somebody(role: str, name: str = "") -> User:
    """A new user with a role."""
    issue_token(username=name or role, role=role)
    return User.objects.get(username=name or role)


def browser(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client


def text(answer: object) -> str:
    """A page's source, its white space as one blank each."""
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]  # a response
