"""Messages that were not taken: in their topic, in the admin, put back, forgotten."""

import json
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.common.changes.models import RecordedChange
from config.common.kafka.clients import producer
from config.common.kafka.models import DeadLetter
from config.common.kafka.services.dead_letters import put_back, send_letters
from config.common.problems import Conflict, Forbidden, NotFound, Unavailable
from imports.models import Import
from imports.services.erasing.erase_delivery import erase_delivery, scrub_erased_deliveries
from imports.services.loading.load_received import load_received
from tests.factories import people
from tests.kafka.installation import Installation
from tests.kafka.reading import read_all
from tests.kafka.supplier import Delivery, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def refused(kafka: Installation, settings: Settings) -> Delivery:
    """A delivery of a source that nobody has added."""
    settings.IMPORT_NEW_SOURCES = False
    delivery = Delivery(people(3))
    send(kafka, delivery.whole())
    read_all()
    assert DeadLetter.objects.count() == 5
    return delivery


def test_what_was_put_back_is_taken_once_it_can_be(
    refused: Delivery, superuser: User, settings: Settings, root: Client
) -> None:
    settings.IMPORT_NEW_SOURCES = True
    chosen = list(DeadLetter.objects.values_list("pk", flat=True))

    answer = root.post(
        reverse("admin:kafka_deadletter_changelist"), {"action": "put_selected_back", "_selected_action": chosen}
    )

    assert answer.status_code == 302
    read_all()
    assert load_received(import_id=Import.objects.get().pk) == "complete"
    assert not DeadLetter.objects.waiting().exists()
    assert set(DeadLetter.objects.values_list("put_back_by", flat=True)) == {superuser.pk}
    assert RecordedChange.objects.filter(model="kafka.deadletter").count() == 5
    with pytest.raises(Conflict):
        put_back(letter_id=chosen[0], actor=superuser)


def test_who_may_not_and_what_is_not_there(refused: Delivery, superuser: User) -> None:
    letter = DeadLetter.objects.earliest("id")
    with pytest.raises(Forbidden):
        put_back(letter_id=letter.pk, actor=User.objects.create_user("nobody"))
    with pytest.raises(NotFound):
        put_back(letter_id=0, actor=superuser)


def test_while_kafka_is_away_nothing_is_put_back(
    refused: Delivery, superuser: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = DeadLetter.objects.earliest("id")
    monkeypatch.setattr("config.common.kafka.services.dead_letters.PATIENCE", 0.5)
    settings.KAFKA_BOOTSTRAP_SERVERS = "127.0.0.1:1"
    with pytest.raises(Unavailable):
        put_back(letter_id=letter.pk, actor=superuser)

    letter.refresh_from_db()
    assert letter.put_back_at is None


def test_headers_of_the_topic_tell_nothing_personal(refused: Delivery, kafka: Installation) -> None:
    sent = kafka.read("dead-letters")

    assert {each.value() for each in sent} >= {*refused.values}
    headers = [dict(each.headers() or []) for each in sent]
    assert {one["reason"] for one in headers} == {b"unknown_source"}
    assert "Kyiv" not in str(headers)


def test_what_was_sent_to_the_topic_is_not_sent_again(refused: Delivery, kafka: Installation) -> None:
    assert send_letters(producer()) == 0
    # As where a process was killed before it wrote down that it had sent one.
    DeadLetter.objects.filter(pk=DeadLetter.objects.earliest("id").pk).update(sent_at=None)
    assert send_letters(producer()) == 1

    ids = [dict(each.headers() or [])["id"] for each in kafka.read("dead-letters")]
    assert (len(ids), len(set(ids))) == (6, 5)


def test_what_is_too_large_for_the_topic_is_there_without_its_value(kafka: Installation) -> None:
    delivery = Delivery(people(1))
    send(kafka, [delivery.resident(1, b"{" * 950_000)])

    read_all()

    (sent,) = kafka.read("dead-letters")
    assert (sent.value(), dict(sent.headers() or [])["reason"]) == (None, b"invalid")
    assert len(bytes(DeadLetter.objects.get().value or b"")) == 950_000


def test_a_topic_that_takes_nothing_stops_nobody(kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Mock(side_effect=TimeoutError)
    monkeypatch.setattr("config.common.kafka.services.read_topics.send_letters", failing)
    delivery = Delivery(people(2))
    send(kafka, [delivery.resident(1, b"{"), delivery.residents[1]])

    read_all()

    assert failing.called
    assert DeadLetter.objects.unsent().count() == 1


def test_pages_show_no_value(refused: Delivery, root: Client) -> None:
    letter = DeadLetter.objects.exclude(value=b"").latest("id")
    name = json.loads(refused.values[0])["name"]
    for url in (
        reverse("admin:kafka_deadletter_changelist"),
        f"{reverse('admin:kafka_deadletter_changelist')}?back=no",
        reverse("admin:kafka_deadletter_change", args=(letter.pk,)),
        reverse("admin:kafka_position_changelist"),
    ):
        page = root.get(url)
        assert page.status_code == 200
        assert name not in page.content.decode()


def test_they_are_forgotten_with_their_delivery(kafka: Installation, superuser: User) -> None:
    wrong, other = Delivery(people(2)), Delivery(people(2), source="Lviv")
    for one in (wrong, other):
        send(kafka, [one.begin(), one.resident(1, b"{"), one.residents[1], one.end()])
    read_all()
    assert DeadLetter.objects.count() == 2

    erase_delivery(import_id=Import.objects.get(source="Kyiv").pk, actor=superuser)
    scrub_erased_deliveries()

    assert [dict(row.headers)["source"] for row in DeadLetter.objects.all()] == ["THZpdg=="]


def test_the_menu_has_their_pages_where_there_is_a_kafka(kafka: Installation, root: Client, settings: Settings) -> None:
    url = reverse("admin:kafka_deadletter_changelist")
    assert url in root.get("/admin/").content.decode()
    settings.KAFKA_BOOTSTRAP_SERVERS = ""
    assert url not in root.get("/admin/").content.decode()
