"""Airports that are made and changed over a real Kafka."""

import json
from typing import Any

import pytest

from airports.models import Airport
from airports.services import receive_messages as service
from config.common.kafka.models import DeadLetter, Position
from config.common.kafka.services.positions import move
from tests.kafka.installation import Installation
from tests.kafka.reading import read_all
from tests.kafka.supplier import Sent, send

pytestmark = pytest.mark.django_db(transaction=True)

VALENCIA: dict[str, Any] = {"name": "Valencia", "iata": "VLC", "icao": "LEVC", "latitude": 39.49, "longitude": -0.48}
NAMELESS: dict[str, Any] = {"name": "A field", "latitude": 1.0, "longitude": 2.0}


def asked(action: str, document: Any, *, id: str = "1", **headers: bytes) -> Sent:
    named: dict[str, Any] = {"id": id.encode(), "action": action.encode()} | headers
    return Sent("airports", json.dumps(document).encode(), b"VLC", [*named.items()])


def test_airports_are_made_and_changed(kafka: Installation) -> None:
    send(kafka, [asked("create", VALENCIA)])
    read_all()
    made = Airport.objects.get()

    send(kafka, [asked("update", {"id": made.pk, "city": "Manises"}, id="2")])
    read_all()

    made.refresh_from_db()
    assert (made.name, made.city, made.version) == ("Valencia", "Manises", 2)


@pytest.mark.parametrize("remembers", [True, False])
def test_what_comes_twice_is_done_once(remembers: bool, kafka: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the memory, the negative control, it is done twice."""
    if not remembers:
        monkeypatch.setattr(service, "is_new", lambda *_: True)
    send(kafka, [asked("create", NAMELESS), asked("create", NAMELESS)])
    read_all()
    for row in Position.objects.filter(next_offset__isnull=False):
        move(row.topic, row.partition, next_offset=0)
    read_all()

    assert Airport.objects.count() == (1 if remembers else 4)


def test_what_cannot_be_done_becomes_a_dead_letter_and_is_new_when_it_is_put_back(kafka: Installation) -> None:
    send(
        kafka,
        [
            asked("create", VALENCIA),
            asked("create", VALENCIA, id="2"),
            asked("create", {"name": ""}, id="3"),
            asked("create", {"Anna": 1} | NAMELESS, id="4"),
            asked("update", {"id": 999, "city": "x"}, id="5"),
            asked("update", {"city": "x"}, id="6"),
            asked("delete", {}, id="7"),
            asked("create", NAMELESS, id=""),
            asked("create", [], id="8"),
            asked("create", {"name": "x" * 70_000}, id="9"),
        ],
    )

    read_all()

    assert list(DeadLetter.objects.order_by("id").values_list("reason", "detail")) == [
        ("refused", "iata: duplicate_code, icao: duplicate_code"),
        ("invalid", "name: required, latitude: required, longitude: required"),
        ("invalid", "unknown_field"),
        ("refused", "404"),
        ("invalid", "id: required"),
        ("header", "action"),
        ("header", "id"),
        ("invalid", "invalid_type"),
        ("too_large", ""),
    ]
    Airport.objects.all().delete()
    send(kafka, [asked("create", VALENCIA, id="2")])
    read_all()
    assert Airport.objects.get().name == "Valencia"
