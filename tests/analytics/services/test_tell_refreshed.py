"""Programs are told of each delivery that was counted, where there is a Kafka to tell it by."""

import pytest
from pytest_django import Settings

from analytics.services.counting.picture import PictureChange
from analytics.services.counting.refresh_import import refresh_import
from config.common.events.models import Event
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, dict[str, object]]]:
    return list(Event.objects.filter(kind="demand.refreshed").order_by("pk").values_list("about", "data"))


def test_a_delivery_that_is_counted_is_told_with_its_residents(settings: Settings) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = "127.0.0.1:1"
    import_id = load(people(30), source="a")

    refresh_import(import_id=import_id)

    assert told() == [
        (f"/imports/{import_id}", {"import_id": import_id, "residents": 30, "is_current": True}),
    ]


def test_a_count_that_is_rolled_back_is_not_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = "127.0.0.1:1"
    import_id = load(people(30), source="a")

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(PictureChange, "write", fail)
    with pytest.raises(RuntimeError):
        refresh_import(import_id=import_id)

    assert told() == []


def test_without_a_kafka_nothing_is_written_down() -> None:
    refresh_import(import_id=load(people(30), source="a"))

    assert told() == []
