"""`produce` and `replay_topic`, from a file to loaded residents and again."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.common.kafka.models import Position
from config.common.kafka.services import figures
from imports.models import Citizen, Import
from imports.services.loading import produce_file
from imports.services.loading.load_received import load_received
from imports.services.metrics import missing_messages
from tests.factories import people
from tests.imports.world import body_of, lines_of, stored
from tests.kafka.installation import Installation
from tests.kafka.reading import left_to_read, read_all
from tests.kafka.supplier import Delivery, send

pytestmark = pytest.mark.django_db(transaction=True)

CSV = "citizen_id,town,street,building,apartment,name,birth_date,gender,relatives\n"


def called(command: str, *arguments: Any, **options: Any) -> str:
    output = StringIO()
    call_command(command, *arguments, stdout=output, **options)
    return output.getvalue()


def bodies() -> dict[str, bytes]:
    citizens = people(25)
    return {
        "a.json": body_of(citizens),
        "a.ndjson": lines_of(citizens),
        "a.ndjson.gz": gzip.compress(lines_of(citizens)),
        # What M means is known at the end.
        "a.csv": (CSV + "1,Lviv,S,1,1,A,01.02.1990,M,\n2,Lviv,S,1,1,B,01.02.1990,H,\n").encode(),
    }


@pytest.mark.parametrize("name", bodies())
def test_a_file_is_sent_and_loaded(name: str, kafka: Installation, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(bodies()[name])

    told = called("produce", tmp_path / name, source="Kyiv", delivery="2026-11")
    read_all()

    found = Import.objects.get()
    assert load_received(import_id=found.pk) == "complete", found.errors
    count = Citizen.objects.count()
    assert told.startswith(f"{count} residents sent as 2026-11, checksum ")
    if name == "a.csv":
        assert [row["gender"] for row in stored(found.pk).values()] == ["female", "male"]


def test_a_file_that_is_sent_in_several_transactions_comes_twice_as_once(
    kafka: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(produce_file, "AT_ONCE", 10)
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines_of(people(35)))

    for _ in range(2):
        called("produce", file, source="Kyiv", delivery="2026-11")
    read_all()

    assert load_received(import_id=Import.objects.get().pk) == "complete"
    assert Citizen.objects.count() == 35


def test_of_a_file_that_is_not_right_nothing_is_sent(kafka: Installation, tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines_of([*people(3), {"citizen_id": -1}]))

    with pytest.raises(CommandError, match=r"line 4: citizen_id: "):
        called("produce", file, source="Kyiv")

    assert kafka.read("residents") == kafka.read("deliveries") == []


def test_a_review_is_asked_for(kafka: Installation, tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines_of(people(3)))
    called("produce", file, source="Kyiv", review=True)
    read_all()

    assert load_received(import_id=Import.objects.get().pk) == "checked"


def test_what_is_no_file_or_no_source_is_said(kafka: Installation, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        called("produce", tmp_path / "none", source="Kyiv")
    with pytest.raises(CommandError, match="name a source"):
        called("produce", tmp_path / "none", source="-")
    settings.KAFKA_BOOTSTRAP_SERVERS = ""
    for command, arguments in {"produce": ["x", "--source=y"], "consume": [], "replay_topic": ["residents"]}.items():
        with pytest.raises(CommandError, match="KAFKA_BOOTSTRAP_SERVERS is not set"):
            call_command(command, *arguments)


def test_a_topic_is_read_again_from_where_it_is_said(kafka: Installation) -> None:
    delivery = Delivery(people(20))
    send(kafka, delivery.whole())
    read_all()
    row = Position.objects.get(topic=f"{kafka.prefix}residents", stored__gt=0)
    place = (row.topic, row.partition)
    one = f"--partition={row.partition}"

    assert called("replay_topic", "residents", one) == f"residents {row.partition}: is read from 0 on\n"
    assert left_to_read({place: 20}) == {place: 20}
    called("replay_topic", "residents", one, "--offset=15")
    assert left_to_read({place: 20}) == {place: 5}
    called("replay_topic", "residents", "--since", (datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert left_to_read({place: 20}) == {}
    called("replay_topic", "residents", "--since", "2020-01-01")
    assert left_to_read({place: 20}) == {place: 20}
    read_all()

    row.refresh_from_db()
    assert (row.stored, row.ignored) == (20, 20)
    for wrong in (["bodies"], ["residents", "--partition=99"], ["events"]):
        with pytest.raises((CommandError, KeyError)):
            called("replay_topic", *wrong)


def test_figures_tell_what_is_left_and_what_is_missing(kafka: Installation) -> None:
    delivery = Delivery(people(20))
    wrong = delivery.resident(3, json.dumps({}).encode())
    send(kafka, [*delivery.whole(without={1, 2, 3}), wrong])
    read_all()

    assert missing_messages() == 3
    assert figures.dead_letters() == 1
    assert set(figures.lag().values()) == {0.0}
    assert {topic for topic, _partition in figures.lag()} == {"residents", "deliveries", "airports"}
    assert (figures.silent() or 0) >= 0
