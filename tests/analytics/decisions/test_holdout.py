"""Pairs of cities, their halves, and what can be seen with them; `/analytics/holdout`."""

import csv
import io
import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from analytics.pairing import alike, detectable, draw, pair, standard_errors
from analytics.services.counting.count_import import SegmentKey
from tests.analytics.counted import Counts, make
from tests.common.helpers import problem

URL = "/analytics/holdout"
TOWNS = ("Kyiv", "Lviv", "Odesa", "Dnipro", "Kharkiv")


@st.composite
def _distances(draw_from: st.DrawFn, most: int) -> np.ndarray:
    number = 2 * draw_from(st.integers(1, most))
    dice = np.random.default_rng(draw_from(st.integers(0, 2**32 - 1)))
    return alike([dice.normal(size=(number, 1)), dice.dirichlet(np.ones(3), number)])


@given(_distances(12))
def test_everybody_has_one_partner_and_no_two_pairs_would_change(distance: np.ndarray) -> None:
    pairs = pair(distance)
    assert sorted(pairs.ravel().tolist()) == list(range(len(distance)))
    for (a, b), (c, d) in combinations(pairs.tolist(), 2):
        now = distance[a, b] + distance[c, d]
        assert now <= min(distance[a, c] + distance[b, d], distance[a, d] + distance[b, c]) + 1e-6


@given(_distances(3))
@settings(max_examples=50)
def test_of_few_the_pairs_are_nearly_the_closest_there_are(distance: np.ndarray) -> None:
    """Of six groups there are fifteen ways; exchanges end at one from which no single exchange leads on."""
    everybody = list(range(len(distance)))

    def best(rest: list[int]) -> Any:
        if not rest:
            return 0.0
        one, *others = rest
        return min(distance[one, other] + best([left for left in others if left != other]) for other in others)

    pairs = pair(distance)
    assert distance[pairs[:, 0], pairs[:, 1]].sum() <= 2 * best(everybody) + 1e-9


def test_an_aspect_of_many_columns_counts_as_much_as_one_of_a_single() -> None:
    dice = np.random.default_rng(5)
    for columns in (dice.normal(5, 9, (200, 1)), dice.dirichlet(np.ones(7), 200)):
        # Two draws are twice their variance apart.
        assert alike([columns]).sum() / 200**2 == pytest.approx(2)


def test_a_seed_draws_the_same_for_the_first_pairs_however_many_there_are() -> None:
    assert draw(40, 3)[:10].tolist() == draw(10, 3).tolist()
    assert draw(40, 3).tolist() != draw(40, 4).tolist()
    assert 0.4 < draw(4_000, 1).mean() < 0.6


def test_the_standard_error_is_that_of_a_ratio_of_ratios() -> None:
    """Poisson's courses, drawn before and after."""
    dice = np.random.default_rng(2)
    one, other = np.array([300.0, 200]), np.array([250.0, 310])
    sums = dice.poisson([one.sum(), one.sum(), other.sum(), other.sum()], (20_000, 4))
    lifts = np.log(sums[:, 0] / sums[:, 1] / (sums[:, 2] / sums[:, 3]))
    error = standard_errors((one, one), (other, other))
    assert error[-1] == pytest.approx(lifts.std(), rel=0.03)
    assert error[0] == pytest.approx(math.sqrt(2 / 300 + 2 / 250))
    assert detectable(error)[-1] == pytest.approx(math.exp(2.8 * error[-1]) - 1)


def city_counts() -> dict[SegmentKey, Counts]:
    """Cities of very different size, the last without courses."""
    counts: dict[SegmentKey, Counts] = {}
    for number, town in enumerate(TOWNS):
        for age in (1, 2):
            for channel in ("tv", "radio"):
                residents = 40 + 60 * number
                counts[town, age, channel, "male"] = (residents, residents * 2 if number < 4 else 0, 30)
    return counts


@pytest.mark.django_db
class TestAnswers:
    """Over HTTP."""

    @pytest.fixture
    def counted(self) -> None:
        make("a", city_counts())

    def test_a_design_names_the_cities_their_halves_and_what_can_be_seen(
        self, counted: None, manager: APIClient
    ) -> None:
        body = manager.post(URL, {"seed": 3}, format="json").json()
        rows = body["data"]
        assert [row["pair"] for row in rows] == [1, 1, 2, 2]
        assert [{row["arm"] for row in rows[:2]}, {row["arm"] for row in rows[2:]}] == [{"campaign", "control"}] * 2
        # Whoever buys nothing takes no part; who is next in size belongs together.
        assert [{row["city"] for row in rows[:2]}, {row["city"] for row in rows[2:]}] == [
            {"Odesa", "Dnipro"}, {"Kyiv", "Lviv"},
        ]  # fmt: skip
        assert (body["seed"], body["pairs"], body["meta"]["imports"]) == (3, 2, 1)
        assert body["detectable_lift"] == pytest.approx(math.exp(2.8 * body["standard_error"]) - 1)
        demand = {row["city"]: row for row in manager.get("/analytics/demand?group_by=city").json()["data"]}
        for row in rows:
            assert [row[name] for name in ("residents", "courses", "index")] == [
                demand[row["city"]][name] for name in ("residents", "courses", "index")
            ]

    def test_the_same_seed_draws_the_same_and_without_one_it_is_told(self, counted: None, manager: APIClient) -> None:
        first = manager.post(URL, {}, format="json").json()
        assert manager.post(URL, {"seed": first["seed"]}, format="json").json() == first
        assert manager.get(f"{URL}?seed={first['seed']}").json() == first
        fewer = manager.post(URL, {"seed": first["seed"], "pairs": 1}, format="json").json()
        assert fewer["data"] == first["data"][:2]
        assert fewer["detectable_lift"] > first["detectable_lift"]

    def test_filters_choose_the_residents(self, counted: None, manager: APIClient) -> None:
        filters = {"channel": ["tv"], "city": ["Kyiv", "Odesa"]}
        body = manager.post(URL, {"filters": filters, "seed": 1}, format="json").json()
        assert [(row["city"], row["residents"]) for row in sorted(body["data"], key=lambda row: row["city"])] == [
            ("Kyiv", 80), ("Odesa", 320),
        ]  # fmt: skip
        alone = manager.post(URL, {"filters": {"city": "Kyiv"}, "seed": 1}, format="json").json()
        assert (alone["data"], alone["pairs"], alone["detectable_lift"]) == ([], 0, None)

    def test_the_design_as_a_table(self, counted: None, manager: APIClient) -> None:
        rows = manager.post(URL, {"seed": 3}, format="json").json()["data"]
        table: Any = manager.post(f"{URL}?format=csv", {"seed": 3}, format="json")
        lines = list(csv.DictReader(io.StringIO(b"".join(table.streaming_content).decode())))
        assert [(line["pair"], line["arm"], line["city"]) for line in lines] == [
            (str(row["pair"]), row["arm"], row["city"]) for row in rows
        ]

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ({"seed": -1}, ("/seed", "min_value")),
            ({"seed": "1"}, ("/seed", "invalid")),
            ({"seed": 2**80}, ("/seed", "max_value")),
            ({"pairs": 0}, ("/pairs", "min_value")),
            ({"colour": 1}, ("/colour", "unknown_field")),
            ({"filters": []}, ("/filters", "invalid_type")),
            ({"filters": {"limit": 1}}, ("/filters/limit", "unknown_field")),
            ({"filters": {"gender": ["x"]}}, ("/filters/gender/0", "invalid_choice")),
            ({"filters": {"city": ["\0"]}}, ("/filters/city/0", "null_characters_not_allowed")),
            ({"filters": {"import_id": 9}}, ("/filters/import_id", "invalid_choice")),
        ],
    )
    def test_what_is_not_right_is_named(self, manager: APIClient, body: Any, error: tuple[str, str]) -> None:
        found = manager.post(URL, body, format="json")
        assert found.status_code == 400
        assert [(one["pointer"], one["code"]) for one in problem(found)["errors"]] == [error]

    def test_who_may_not_see_residents_gets_the_cities_that_everybody_may_see(
        self, counted: None, client_of: Callable[[str], APIClient]
    ) -> None:
        viewer = client_of("Viewers")
        body = viewer.post(URL, {"seed": 3}, format="json").json()
        demand = {row["city"]: row for row in viewer.get("/analytics/demand?group_by=city").json()["data"]}
        assert body["data"]
        assert {row["city"] for row in body["data"]} <= {*demand} - {"other"}
        assert all(row["courses"] == demand[row["city"]]["courses"] for row in body["data"])
        assert body["detectable_lift"] > 0

    def test_who_has_no_role_is_refused(self) -> None:
        assert APIClient().post(URL, {}, format="json").status_code == 401
