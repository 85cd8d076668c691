"""Deliveries that the page of the demand shows, and browsers that ask for it."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analytics.models import TownPlace
from config.common.accounts.services.tokens import issue_token
from config.common.spellings import fold
from tests.analytics.counted import make
from tests.analytics.pages.asking import DEMAND, KYIV, BrowserOf


@pytest.fixture
def browser_of(db: None) -> BrowserOf:
    """A browser in which somebody of this role has signed in; its forms need their CSRF token."""

    def make_browser(role: str) -> Client:
        issue_token(username=role.lower(), role=role)
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(username=role.lower()))
        return client

    return make_browser


@pytest.fixture
def counted() -> None:
    """Two deliveries of a source and one of another; one town is on the map."""
    before = {key: (residents - 1, courses, buyers - 1) for key, (residents, courses, buyers) in DEMAND.items()}
    make("a", before, is_current=False)
    make("b", {("Kyiv", 0, "tv", "female"): (10, 4, 3)}, created_at=datetime(2026, 1, 15, tzinfo=UTC))
    make("a", DEMAND, created_at=datetime(2026, 2, 1, tzinfo=UTC))
    now = datetime(2026, 2, 2, tzinfo=UTC)
    TownPlace.objects.create(
        town=fold("Kyiv"), method="name", city="Kyiv", country="UA", latitude=50.4, longitude=30.5, placed_at=now
    )
    suggestion = {"geoname_id": KYIV, "name": "Kyiv", "country": "UA", "population": 2952301, "similarity": 0.5}
    TownPlace.objects.create(town=fold("Xyzzy"), method="unplaced", suggestions=[suggestion], placed_at=now)
