"""From the outbox to a mailbox."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from config.common.accounts.services.preferences import set_preferences
from config.common.events.models import Notice
from config.common.events.services import send
from tests.common.events.outbox import COMPLETE, happen, outcomes, run

pytestmark = pytest.mark.django_db


def test_a_mail_is_in_the_language_of_its_receiver_and_leads_to_the_delivery(by_mail: Callable[..., User]) -> None:
    user = by_mail(COMPLETE)
    set_preferences(user=user, language="es", time_zone="America/Bogota")
    happen()
    run()
    (message,) = mail.outbox
    assert message.to == ["viewers@example.com"]
    assert "https://demanda.example/admin/imports/import/17/change/" in message.body
    # Grouped as the language does it.
    assert "1\xa0234" in message.body
    assert "consulates" in message.subject
    assert message.extra_headers["Message-ID"].endswith("@demanda.example>")


def test_a_mail_server_that_is_away_is_tried_again(
    by_mail: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_mail(COMPLETE)

    def away(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(send, "mail", away)
        happen()
        run()
    assert outcomes() == [("mail", None)]
    Notice.objects.update(due_at=timezone.now())
    run()
    assert (len(mail.outbox), outcomes()[-1]) == (1, ("ok", None))


def test_without_an_address_nothing_is_mailed(by_mail: Callable[..., User]) -> None:
    user = by_mail(COMPLETE)
    User.objects.filter(pk=user.pk).update(email="")
    happen()
    run()
    assert (mail.outbox, outcomes()) == ([], [("address", None)])
