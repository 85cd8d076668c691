"""`/analytics/trend` over HTTP."""

from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from analytics.models import ImportDemand, Segment
from imports.models import Import
from imports.services.erasing.delete_delivery import delete_delivery
from tests.analytics.api.test_demand import cells, errors
from tests.analytics.counted import make
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
NOW = {("Kyiv", 1, "tv", "male"): (9, 9, 5), ("Lviv", 1, "fm", "male"): (3, 1, 1), ("Lviv", 2, "fm", "male"): (4, 1, 1)}
THEN = {
    ("Kyiv", 0, "tv", "male"): (9, 9, 5),
    ("Lviv", 0, "fm", "male"): (3, 1, 1),
    ("Lviv", 2, "fm", "male"): (4, 1, 1),
}


def on(day: int) -> dict[str, Any]:
    return {"created_at": datetime(2026, 3, day, 12, tzinfo=UTC)}


@pytest.fixture
def three() -> dict[str, int]:
    """Two imports of one source, and one of another between them, made in another order."""
    new = make("a", NOW, THEN, **on(9))
    old = make("a", {("Kyiv", 1, "tv", "male"): (10, 5, 5)}, is_current=False, status="erased", **on(1))
    other = make("b", NOW, THEN, **on(5))
    return {"new": new.import_id, "old": old.import_id, "other": other.import_id}


def ids(client: APIClient, query: str) -> list[int]:
    return [row["import_id"] for row in client.get(f"/analytics/trend?{query}").json()["data"]]


def test_imports_come_oldest_first_and_an_erased_one_stays(manager: APIClient, three: dict[str, int]) -> None:
    body = manager.get("/analytics/trend?source=a").json()
    for row in body["data"]:
        estimates = [row.pop(name) for name in ("index_low", "index_high", "expected_index", "own_share")]
        assert estimates[0] < row["index"] < estimates[1]
    assert body["data"] == [
        {"import_id": three["old"], "source": "a", "delivered_at": "2026-03-01T12:00:00Z", "residents": 10,
         "courses": 5, "buyers": 5, "courses_per_100": 50.0, "index": 81.25},
        {"import_id": three["new"], "source": "a", "delivered_at": "2026-03-09T12:00:00Z", "residents": 16,
         "courses": 11, "buyers": 7, "courses_per_100": 68.75, "index": 111.72},
    ]  # fmt: skip
    assert (body["count"], body["meta"]["imports"], body["meta"]["as_of"]) == (2, 2, None)
    assert ids(manager, "") == [three["old"], three["other"], three["new"]]
    assert ids(manager, "limit=1&offset=1") == [three["other"]]


def test_ages_are_of_the_imports_date(manager: APIClient, three: dict[str, int]) -> None:
    rows = manager.get("/analytics/trend?source=b&group_by=age_group").json()["data"]
    assert [(row["age_group"], row["residents"]) for row in rows] == [("0-17", 12), ("25-34", 4)]
    assert ids(manager, "age_group=0-17&group_by=town&town=Lviv") == [three["other"], three["new"]]


def test_an_import_that_was_counted_by_other_age_groups_keeps_them(manager: APIClient, three: dict[str, int]) -> None:
    ImportDemand.objects.filter(pk=three["old"]).update(scheme="0,30,60;5")
    rows = manager.get("/analytics/trend?source=a&group_by=age_group").json()["data"]
    assert [row["age_group"] for row in rows] == ["30-59", "0-17", "25-34"]
    assert ids(manager, "age_group=30-59&age_group=25-34") == [three["old"], three["other"], three["new"]]
    assert ids(manager, "age_group=30-59") == [three["old"]]


def test_a_viewer_sees_small_segments_merged_by_import(client_of: Any, three: dict[str, int]) -> None:
    make("tiny", {("Kyiv", 1, "tv", "male"): (4, 1, 1)}, **on(10))
    Segment.objects.filter(delivery_id=three["other"]).update(published=1 | 2)
    rows = client_of("Viewers").get("/analytics/trend?group_by=channel").json()["data"]
    assert [(row["import_id"], row["channel"], row["residents"]) for row in rows] == [
        (three["old"], "tv", 10), (three["other"], "other", 16), (three["new"], "other", 16),
    ]  # fmt: skip
    assert ids(client_of("Importers"), "") == [three["old"], three["other"], three["new"]]
    assert len(ids(client_of("Editors"), "")) == 4


@pytest.mark.parametrize("query", ["group_by=age_group", "group_by=town,age_group", "age_group=0-17"])
def test_ages_at_other_dates_are_for_those_who_may_see_residents(client_of: Any, query: str) -> None:
    assert problem(client_of("Viewers").get(f"/analytics/trend?{query}"))["status"] == 403
    assert client_of("Editors").get(f"/analytics/trend?{query}").status_code == 200


def test_a_deleted_import_is_gone_at_once(manager: APIClient, three: dict[str, int]) -> None:
    delete_delivery(import_id=three["new"], actor=None)
    assert ids(manager, "source=a") == [three["old"]]
    assert Import.objects.live().count() == 2


def test_csv_has_its_keys_between(manager: APIClient, three: dict[str, int]) -> None:
    header, *lines = cells(manager.get("/analytics/trend?source=a&group_by=gender,town&format=csv&limit=1"))
    assert header[:6] == ["import_id", "source", "delivered_at", "gender", "town", "residents"]
    assert lines[0][:6] == [str(three["old"]), "a", "2026-03-01T12:00:00Z", "male", "Kyiv", "10"]
    assert [line[4] for line in lines] == ["Kyiv", "Kyiv", "Lviv"]


@pytest.mark.parametrize("name", ["import_id=1", "min_residents=1", "ordering=courses", "x=1"])
def test_what_it_does_not_take_is_refused(manager: APIClient, name: str) -> None:
    assert errors(manager.get(f"/analytics/trend?{name}")) == [(f"?{name.partition('=')[0]}", "unknown_parameter")]
    assert errors(manager.get("/analytics/trend?group_by=source")) == [("?group_by", "invalid_choice")]
