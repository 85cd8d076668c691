"""Browsers in which somebody has signed in."""

from django.contrib.auth.models import User
from django.test import Client

from config.common.services.tokens import issue_token


def browser_of(role: str, *, enforce_csrf_checks: bool = False) -> Client:
    """A browser of somebody of this role, or of a superuser."""
    if role == "superuser":
        user = User.objects.create_superuser("root")
    else:
        user = issue_token(username=role.lower(), role=role)[0].user
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    client.force_login(user)
    return client
