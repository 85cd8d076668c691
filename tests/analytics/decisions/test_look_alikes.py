"""Look-alikes: segments with few residents of their own, by what is expected of them."""

import csv
import io
import random
from typing import Any

import pytest

from tests.analytics.counted import CHANNELS, TOWNS, make, place_towns_of_crowd
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
URL = "/analytics/opportunities?ordering=-expected_index&group_by=city,age_group,channel"


@pytest.mark.parametrize("role", ["Managers", "Viewers"])
def test_they_are_the_rows_of_demand_with_so_little_of_their_own(client_of: Any, role: str) -> None:
    place_towns_of_crowd()
    dice = random.Random(3)
    keys = ((town, age, channel, "male") for town in TOWNS for age in (1, 2, 3) for channel in CHANNELS)
    sizes = {key: dice.choice((2, 40, 40, 90, 90, 90, 900, 900, 900, 900)) for key in keys}
    make("a", {key: (size, dice.randrange(size, 3 * size), size) for key, size in sizes.items()})
    client = client_of(role)
    rows = client.get(f"{URL.replace('opportunities', 'demand')}&limit=1000").json()["data"]
    named = [row for row in rows if role == "Managers" or row["age_group"] != "other"]
    shares = sorted(row["own_share"] for row in named)
    assert (len(shares) > 5, len(rows) > len(named)) == (True, role == "Viewers")
    for most in (0, shares[len(shares) // 2], 1):
        wanted = [row for row in named if row["own_share"] <= most]
        page = client.get(f"{URL}&limit=1000&max_own_share={most}").json()
        assert (page["data"], page["count"]) == (wanted, len(wanted))
        answer = client.get(f"{URL}&limit=1&max_own_share={most}&format=csv")
        lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert [float(line["own_share"]) for line in lines] == [row["own_share"] for row in wanted]
        first = client.get(f"{URL}&limit=2&offset=1&max_own_share={most}").json()
        assert first["data"] == wanted[1:3]


def test_where_nobody_buys_nothing_is_predicted(manager: Any) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (20, 0, 0)})
    assert manager.get(f"{URL}&max_own_share=1").json()["data"] == []


@pytest.mark.parametrize("share", ["nan", "-0.1", "1.1", "inf", "x", "1e400"])
def test_what_is_no_share_is_refused(manager: Any, share: str) -> None:
    answer = manager.get(f"{URL}&max_own_share={share}")
    assert [error["pointer"] for error in problem(answer)["errors"]] == ["?max_own_share"]
    assert manager.get("/analytics/demand?max_own_share=0.3").status_code == 400
