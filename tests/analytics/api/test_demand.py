"""`/analytics/demand` and `/analytics/opportunities` over HTTP."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from analytics.models import ImportDemand
from analytics.services.asking.questions import MEASURES
from analytics.services.counting.count_if_new import MOST_RESIDENTS
from imports.models import Import
from imports.services.erasing.delete_delivery import delete_delivery
from tests.analytics.counted import Made, crowd, make, place
from tests.common.helpers import problem
from tests.factories import people
from tests.imports.world import load as load_people

pytestmark = pytest.mark.django_db
ESTIMATES = ("index_low", "index_high", "expected_index", "own_share")
URLS = ("/analytics/demand", "/analytics/opportunities")


@pytest.fixture
def two() -> list[Made]:
    """The current imports of two sources."""
    return [make("a", crowd(1)), make("b", crowd(2))]


def errors(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400
    return [(error["pointer"], error["code"]) for error in problem(answer)["errors"]]


def cells(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_a_row_has_its_keys_and_measures(manager: APIClient) -> None:
    place("Kyiv", country="UA")
    made = make("a", {("Kyiv", 2, "tv", "male"): (200, 300, 120), ("Lviv", 6, "tv", "male"): (100, 0, 0)})
    body = manager.get("/analytics/demand").json()
    estimates = [[row.pop(name) for name in ESTIMATES] for row in body["data"]]
    assert body["data"] == [
        {"city": "Kyiv", "country": "UA", "age_group": "25-34", "channel": "tv",
         "residents": 200, "courses": 300, "buyers": 120, "courses_per_100": 150.0,
         "index": 150.0},
        {"city": "Lviv", "country": None, "age_group": "65+", "channel": "tv",
         "residents": 100, "courses": 0, "buyers": 0, "courses_per_100": 0.0,
         "index": 0.0},
    ]  # fmt: skip
    assert [low <= index <= high for index, (low, high, *_) in zip((150, 0), estimates, strict=True)] == [True, True]
    assert [(expected > 0, 0 < share <= 1) for _, _, expected, share in estimates] == [(True, True), (True, True)]
    refreshed = ImportDemand.objects.get(pk=made.import_id).refreshed_at.isoformat().replace("+00:00", "Z")
    today = datetime.now(UTC).date().isoformat()
    assert body["meta"] == {"refreshed_at": refreshed, "imports": 1, "stale": False, "merged": 0, "as_of": today}
    assert (body["count"], body["next"], body["previous"]) == (2, None, None)


def test_what_is_new_makes_it_stale(manager: APIClient, two: list[Made]) -> None:
    Import.objects.create(source="c", status="complete")
    assert manager.get("/analytics/demand").json()["meta"]["stale"] is True


@pytest.mark.parametrize("url", URLS)
def test_filters_may_be_repeated_and_hold_commas(manager: APIClient, url: str) -> None:
    make("a", {(town, 1, "tv", "male"): (9, 1, 1) for town in ("a, b", "a", "b", "c")})
    found = manager.get(f"{url}?group_by=town&ordering=town&town={quote('a, b')}&town=c&town=nowhere").json()
    assert [row["town"] for row in found["data"]] == ["a, b", "c"]


def three_valencias() -> None:
    """In two countries, one of them by two towns; and a fourth town that is not placed."""
    for town, country in (("Valencia", "ES"), ("València", "ES"), ("Valencia, VE", "VE")):
        place(town, city="Valencia", country=country)
    sizes = {"Valencia": 30, "València": 10, "Valencia, VE": 20, "valencia x": 40}
    make("a", {(town, 1, "tv", "male"): (size, 2 * size, size) for town, size in sizes.items()}
         | {("Valencia", 1, "radio", "male"): (100, 0, 0)})  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("ES", 140), ("VE", 20), (None, 40)]),
        ("&city=VALENCIA", [("ES", 140), ("VE", 20)]),
        ("&city=valencia&country=ve", [("VE", 20)]),
        ("&country=none&country=VE", [("VE", 20), (None, 40)]),
        ("&country=FR", []),
        ("&town=val%C3%A8ncia", [("ES", 10)]),
    ],
)
@pytest.mark.parametrize("url", [*URLS, "/analytics/trend"])
def test_a_city_is_its_name_and_its_country(manager: APIClient, url: str, query: str, expected: list[Any]) -> None:
    three_valencias()
    ordering = "" if url.endswith("trend") else "&ordering=country,city"
    rows = manager.get(f"{url}?group_by=city{ordering}{query}").json()["data"]
    found = [(row["country"], row["residents"]) for row in rows]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert not ordering or found == expected


def test_the_index_of_all_residents_leaves_the_filters_out(manager: APIClient) -> None:
    three_valencias()
    for url in (*URLS, "/analytics/cities"):
        query = f"{url}?group_by=city&channel=tv&min_residents=30" if url in URLS else f"{url}?channel=tv&country=ES"
        rows, of_all = (manager.get(f"{query}&format=json{base}").json()["data"] for base in ("", "&index_base=all"))
        assert {row["index"] for row in rows} == {100.0}
        # 200 courses of 200 residents.
        assert {row["index"] for row in of_all} == {200.0}


@pytest.mark.parametrize("typed", ["65+", "65%2B", "65%20", "65%2B%20", "0-17&age_group=65+"])
def test_the_oldest_may_be_typed_as_they_are_read(manager: APIClient, typed: str) -> None:
    make("a", {("Kyiv", age, "tv", "male"): (9, 1, 1) for age in (1, 5, 6)})
    found = manager.get(f"/analytics/demand?group_by=age_group&age_group={typed}")
    assert [row["age_group"] for row in found.json()["data"]] == ["65+"]
    assert errors(manager.get("/analytics/demand?age_group=0-17+&age_group=64+")) == [("?age_group", "invalid_choice")]


def test_pages_keep_every_value_of_a_filter(manager: APIClient, two: list[Made]) -> None:
    following, rows = "/analytics/demand?town=Kyiv&town=other&gender=male&gender=female&limit=3", []
    whole = manager.get(following.replace("limit=3", "limit=1000")).json()
    while following:
        body = manager.get(following).json()
        rows += body["data"]
        following = body["next"]
    assert (rows, len(rows) > 6) == (whole["data"], True)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("group_by=", ("?group_by", "blank")),
        ("group_by=town,", ("?group_by", "invalid_choice")),
        ("group_by=town,town", ("?group_by", "invalid_choice")),
        ("group_by=street", ("?group_by", "invalid_choice")),
        ("group_by=-town", ("?group_by", "invalid_choice")),
        ("group_by=town&group_by=gender,town", ("?group_by", "invalid_choice")),
        ("ordering=name", ("?ordering", "invalid_choice")),
        ("ordering=--courses", ("?ordering", "invalid_choice")),
        ("ordering=index,-index", ("?ordering", "invalid_choice")),
        ("ordering=gender", ("?ordering", "not_grouped")),
        ("age_group=17", ("?age_group", "invalid_choice")),
        ("age_group=", ("?age_group", "blank")),
        ("age_group=65", ("?age_group", "invalid_choice")),
        ("age_group=65++", ("?age_group", "invalid_choice")),
        ("age_group=0-17&age_group=0-18", ("?age_group", "invalid_choice")),
        ("gender=both", ("?gender", "invalid_choice")),
        ("town=", ("?town", "blank")),
        ("city=", ("?city", "blank")),
        ("country=", ("?country", "blank")),
        ("country=Spain", ("?country", "max_length")),
        ("country=nul", ("?country", "invalid_choice")),
        ("country=XX", ("?country", "invalid_choice")),
        ("country=ES&country=ESP", ("?country", "invalid_choice")),
        ("group_by=town&ordering=country", ("?ordering", "not_grouped")),
        ("index_base=some", ("?index_base", "invalid_choice")),
        ("town=%00", ("?town", "null_characters_not_allowed")),
        (f"town={'x' * 257}", ("?town", "max_length")),
        ("channel=tv&channel=%00", ("?channel", "null_characters_not_allowed")),
        ("source=", ("?source", "blank")),
        (f"min_residents={10**30}", ("?min_residents", "max_value")),
        ("min_residents=-1", ("?min_residents", "min_value")),
        ("min_residents=NaN", ("?min_residents", "invalid")),
        (f"import_id={10**30}", ("?import_id", "max_value")),
        ("import_id=-1", ("?import_id", "min_value")),
        ("import_id=x", ("?import_id", "invalid")),
        ("import_id=1&import_id=2", ("?import_id", "repeated_parameter")),
        ("towns=Kyiv", ("?towns", "unknown_parameter")),
        ("limit=1001", ("?limit", "max_value")),
    ],
)
def test_what_is_no_question_is_refused(manager: APIClient, url: str, query: str, expected: tuple[str, str]) -> None:
    assert errors(manager.get(f"{url}?{query}")) == [expected]


def test_every_wrong_parameter_is_named_at_once(manager: APIClient) -> None:
    found = errors(manager.get("/analytics/demand?x=1&group_by=x&gender=x&gender=y&age_group=9&limit=0"))
    assert found == [
        ("?x", "unknown_parameter"),
        ("?limit", "min_value"),
        ("?age_group", "invalid_choice"),
        ("?gender", "invalid_choice"),
        ("?gender", "invalid_choice"),
        ("?group_by", "invalid_choice"),
    ]


def test_unknown_towns_channels_and_sources_are_an_empty_list(manager: APIClient, two: list[Made]) -> None:
    for query in ("town=nowhere", "channel=none", "source=nobody", "source=a&town=nowhere", "min_residents=99999"):
        body = manager.get(f"/analytics/demand?{query}").json()
        assert (body["data"], body["count"]) == ([], 0)


def test_an_import_that_is_none_is_refused(manager: APIClient, two: list[Made]) -> None:
    queued = Import.objects.create(source="a", status="queued").pk
    erased = Import.objects.create(source="a", status="erased").pk
    gone = make("c", crowd(3)).import_id
    delete_delivery(import_id=gone, actor=None)
    for number in (queued, erased, gone, 2**63 - 1):
        for url in (*URLS, "/analytics/cities"):
            assert errors(manager.get(f"{url}?import_id={number}")) == [("?import_id", "invalid_choice")]


@pytest.mark.parametrize("url", [*URLS, "/analytics/cities"])
def test_an_import_that_came_a_moment_ago_is_counted_for_whoever_asks(manager: APIClient, url: str) -> None:
    import_id = load_people(people(3))
    body = manager.get(f"{url}?import_id={import_id}&format=json").json()
    rows = [*body["data"], *body.get("unplaced", [])]
    assert (sum(row["residents"] for row in rows), body["meta"]["stale"]) == (3, False)


def test_a_large_import_that_is_not_counted_yet_is_a_conflict(manager: APIClient) -> None:
    number = Import.objects.create(source="a", status="complete", citizen_count=MOST_RESIDENTS + 1).pk
    answer = manager.get(f"/analytics/demand?import_id={number}")
    assert (problem(answer)["status"], answer["Retry-After"]) == (409, "5")


def test_ages_of_an_import_are_of_today_only_for_the_current_one(manager: APIClient) -> None:
    now, then = {("Kyiv", 1, "tv", "male"): (9, 3, 2)}, {("Kyiv", 0, "tv", "male"): (9, 3, 2)}
    old = make("a", now, then, is_current=False)
    erased = make("b", now, then, is_current=False, status="erased")
    current = make("a", now, then)
    found = {}
    for made in (old, erased, current):
        body = manager.get(f"/analytics/demand?import_id={made.import_id}").json()
        found[made.import_id] = ([row["age_group"] for row in body["data"]], body["meta"]["as_of"])
    today = datetime.now(UTC).date().isoformat()
    assert found == {
        old.import_id: (["0-17"], "2026-01-01"),
        erased.import_id: (["0-17"], "2026-01-01"),
        current.import_id: (["18-24"], today),
    }


def test_an_import_of_another_source_is_an_empty_list(manager: APIClient, two: list[Made]) -> None:
    url = f"/analytics/demand?import_id={two[0].import_id}"
    assert manager.get(f"{url}&source=b").json()["data"] == []
    assert manager.get(f"{url}&source=a").json()["data"] == manager.get(f"{url}&source=b&source=a").json()["data"] != []


@pytest.mark.parametrize("role", ["Viewers", "Editors"])
@pytest.mark.parametrize("url", URLS)
def test_csv_holds_all_rows_of_the_list(client_of: Any, two: list[Made], url: str, role: str) -> None:
    client, query = client_of(role), "group_by=source,town,gender&min_residents=2"
    rows = client.get(f"{url}?{query}&limit=1000").json()["data"]
    answer = client.get(f"{url}?{query}&limit=1&offset=3&format=csv")
    header, *lines = cells(answer)
    assert header == ["source", "town", "gender", *MEASURES]
    assert lines == [["'=1+1" if value == "=1+1" else str(value) for value in row.values()] for row in rows]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(manager: APIClient) -> None:
    make("@a", {("=1+1", 1, "+tv", "male"): (9, 1, 1), ("-1", 1, "\ttv", "male"): (9, 0, 0)})
    answer = manager.get("/analytics/demand?group_by=source,town,channel&format=csv&ordering=town")
    assert [line[:3] for line in cells(answer)[1:]] == [["'@a", "'-1", "'\ttv"], ["'@a", "'=1+1", "'+tv"]]


def test_answers_are_the_callers_own(client_of: Any, two: list[Made]) -> None:
    whole, merged = (client_of(role).get("/analytics/demand?limit=1000") for role in ("Managers", "Importers"))
    assert whole.json()["count"] > merged.json()["count"]
    assert "other" in [row["age_group"] for row in merged.json()["data"]]
    assert whole["Cache-Control"] == merged["Cache-Control"] == "no-store"


def test_the_number_of_statements_does_not_grow(
    manager: APIClient, two: list[Made], django_assert_max_num_queries: Any
) -> None:
    manager.get("/analytics/demand")
    for number in range(2):
        with django_assert_max_num_queries(12):
            assert manager.get("/analytics/demand?age_group=0-17").json()["meta"]["imports"] == 2 + number
        make(f"more {number}", crowd(number))


def test_opportunities_say_by_what_they_are_ranked(manager: APIClient, two: list[Made]) -> None:
    ranked = {
        url: manager.get(f"/analytics/{url}").json()["meta"].get("ranked_by")
        for url in ("opportunities", "opportunities?ordering=-index_low,city", "demand")
    }
    assert list(ranked.values()) == ["expected_low", "index_low", None]
    rows = manager.get("/analytics/opportunities?ordering=-index_low").json()["data"]
    assert [row["index_low"] for row in rows] == sorted((row["index_low"] for row in rows), reverse=True)
