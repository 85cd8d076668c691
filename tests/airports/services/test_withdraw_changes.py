"""Links that are withdrawn."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from airports.models import PendingChange
from airports.services.confirm_change import confirm_change
from airports.services.pending_changes import preview_change
from airports.services.request_change import request_change, request_creation
from airports.services.withdraw_changes import withdraw_changes
from config.common.accounts.services.tokens import issue_token
from config.common.problems import Gone
from tests.airports.builders import make_airport

pytestmark = pytest.mark.django_db


def asked() -> tuple[str, PendingChange]:
    """A link to a change, and the change."""
    requested = request_change(airport_id=make_airport().pk, values={"city": "Manises"}, actor=None)
    return requested.token, requested.change


def test_a_withdrawn_link_is_gone(superuser: User) -> None:
    token, change = asked()
    assert withdraw_changes(change_ids=[change.pk], actor=superuser) == 1
    for use in (preview_change, confirm_change):
        with pytest.raises(Gone, match="withdrawn"):
            use(token=token, actor=superuser)


def test_what_does_not_wait_stays_as_it_is(superuser: User) -> None:
    token, change = asked()
    confirm_change(token=token, actor=superuser)
    late = asked()[1]
    PendingChange.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    assert withdraw_changes(change_ids=[change.pk, late.pk], actor=superuser) == 0
    assert set(PendingChange.objects.values_list("withdrawn_at", flat=True)) == {None}


def test_who_may_not_confirm_may_not_withdraw() -> None:
    viewer = issue_token(username="viewer", role="Viewers")[0].user
    created = request_creation(values={"name": "New", "latitude": 0.0, "longitude": 0.0}, actor=None).change
    assert withdraw_changes(change_ids=[created.pk, asked()[1].pk], actor=viewer) == 0
