"""Receivers, and somebody who wants to be told."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from config.common.accounts.services.tokens import issue_token
from config.common.events.models import Subscription
from config.common.events.services.subscriptions import create_webhook, set_mail
from tests.common.events.receivers import Receiver, receiving

SITE = "https://demanda.example"
Subscribe = Callable[..., Subscription]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """One on this machine, where webhooks may lead in this test."""
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    with receiving() as running:
        yield running


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """A user of a role, called as it."""

    def make(role: str) -> User:
        user = User.objects.filter(username=role.lower()).first()
        if user is None:
            issue_token(username=role.lower(), role=role)
            user = User.objects.get(username=role.lower())
            user.email = f"{role.lower()}@example.com"
            user.save()
        return user

    return make


@pytest.fixture
def webhook(person: Callable[[str], User], receiver: Receiver) -> Subscribe:
    """A webhook to the receiver."""

    def make(*events: str, role: str = "Viewers") -> Subscription:
        return create_webhook(url=receiver.url, events=events, site=SITE, actor=person(role))

    return make


@pytest.fixture
def by_mail(person: Callable[[str], User]) -> Callable[..., User]:
    """Somebody who is told by mail."""

    def make(*events: str, role: str = "Viewers") -> User:
        set_mail(events=events, site=SITE, actor=person(role))
        return person(role)

    return make
