"""All kinds of events, walked from what happens to what is sent: no personal data, every word in its language."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.telling.stale import LONG, tell_if_stale
from config.common.accounts.services.preferences import set_preferences
from config.common.events.kinds import all_kinds, kind_named, kinds_for
from config.common.events.models import Episode, Event, Notice, Subscription
from config.common.events.services.notices import TEST, send_test
from config.common.events.services.record import record
from config.common.events.services.send import send_due
from config.common.events.services.settle import DISABLED, disable
from config.common.events.services.weekly import record_weekly
from config.common.kafka.cloud_events import letter_of
from imports.services.loading.load_received import load_received
from tests.airports.builders import make_airport
from tests.common.events.receivers import Receiver
from tests.factories import people, relate
from tests.imports.world import body_of, load, received
from tests.languages.marks import LANGUAGE, marking, unmarked

pytestmark = pytest.mark.django_db(transaction=True)
ALERT = {
    "alert_id": 1, "source": "default", "import_id": 2, "compared_with": 1, "group": {"city": "Kyiv", "country": "UA"},
    "residents": 500, "change": 12.5, "q": 0.01,
}  # fmt: skip
# What of a resident is nobody's business: any of these in a message is a leak.
PERSONAL = ("name", "street", "building", "birth_date")
# What is data in a mail, and not words.
DATA = (
    r"https://\S+", r"Demanda", r"default", r"Kyiv, UA", r"Kyiv", r"UA", r"tv", r"65\+", r"\d+-\d+", r"127\.0\.0\.1",
    r"managers", r"\(\d+\)",
)  # fmt: skip


def residents() -> list[dict[str, Any]]:
    """Residents whose every field is found again where it leaks."""
    made = people(40, town="Kyiv", channel="tv")
    for one in made:
        number = one["citizen_id"]
        one |= {
            "name": f"Zoë Quux{number}",
            "street": f"Xylophone {number}",
            "building": f"b{number}q",
            "apartment": number,
        }
    return relate(made, "relatives", *((one, one + 1) for one in range(1, 40, 2)))


def everything_happens(hook: Subscription) -> list[dict[str, Any]]:
    """Makes an event of each kind as the product does; the residents that it is about."""
    citizens = residents()
    for review in (False, True):
        load_received(import_id=received(body_of(citizens), review=review))
    load_received(import_id=received(body_of([one | {"gender": "Xylophone"} for one in citizens])))
    load(citizens)
    tell_if_stale()
    Episode.objects.update(since=timezone.now() - LONG)
    tell_if_stale()
    refresh_demand()
    record("demand.alert", "/analytics/alerts/1", ALERT)
    record_weekly()
    make_airport()
    send_test(pk=hook.pk, actor=hook.user)
    return citizens


@pytest.mark.parametrize("role", ["Viewers", "Managers"])
def test_no_event_message_or_mail_holds_personal_data(
    webhook: Callable[..., Subscription], by_mail: Callable[..., User], person: Callable[[str], User],
    receiver: Receiver, role: str, settings: Settings,
) -> None:  # fmt: skip
    # Nobody is asked: what is for Kafka waits in the outbox.
    settings.KAFKA_BOOTSTRAP_SERVERS = "127.0.0.1:1"
    kinds = [kind.name for kind in kinds_for(person(role))]
    hook = webhook(*kinds, role=role)
    by_mail(*kinds, role=role)
    citizens = everything_happens(hook)
    send_due(seconds=60)
    disable(hook, timezone.now())
    send_due(seconds=60)
    assert set(Event.objects.values_list("kind", flat=True)) == {kind.name for kind in all_kinds()}
    assert {message["type"] for message in map(json.loads, (one.body for one in receiver.messages))} == {*kinds, TEST}
    assert len(mail.outbox) == len(kinds) + 1
    assert not Notice.objects.exclude(status="delivered").exists()
    everything = json.dumps(list(Event.objects.values("kind", "about", "data")), ensure_ascii=False)
    everything += "".join(letter_of(event).value.decode() for event in Event.objects.unrelayed())
    everything += "".join(message.body + str(message.headers) for message in receiver.messages)
    everything += "".join(str(sent.message()) + sent.subject + str(sent.body) for sent in mail.outbox)
    leaked = {str(one[field]) for one in citizens for field in PERSONAL if str(one[field]) in everything}
    assert leaked == set()
    assert hook.secret not in everything


def test_an_event_that_leaked_would_be_seen() -> None:
    """The negative control of the test above."""
    one = residents()[0]
    assert all(str(one[field]) in json.dumps(one, ensure_ascii=False) for field in PERSONAL)


def test_every_word_of_every_mail_is_of_its_readers_language(
    webhook: Callable[..., Subscription], by_mail: Callable[..., User], person: Callable[[str], User]
) -> None:
    kinds = [kind.name for kind in kinds_for(person("Managers"))]
    by_mail(*kinds, role="Managers")
    hook = webhook(role="Managers")
    set_preferences(user=hook.user, language=LANGUAGE)
    with marking():
        everything_happens(hook)
        disable(hook, timezone.now())
        send_due(seconds=60)
    assert len(mail.outbox) == len(kinds) + 1
    for sent in mail.outbox:
        assert "⟦" in sent.subject
        body = re.sub(r"(?m)^ *\d+\. .*$", "", str(sent.body))
        assert unmarked([str(sent.subject), body], DATA) == [], sent.subject


def test_the_products_own_kinds_are_not_to_be_chosen_and_viewers_hear_of_no_single_delivery(
    person: Callable[[str], User],
) -> None:
    for role, more in (("Viewers", set()), ("Importers", set()), ("Editors", {"demand.alert"})):
        expected = {"delivery.complete", "delivery.failed", "delivery.waiting", "demand.stale", "digest.weekly"} | more
        assert {kind.name for kind in kinds_for(person(role))} == expected
    assert kind_named(TEST) is not None
    assert kind_named(DISABLED) is not None
