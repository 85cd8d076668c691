"""Frontends that look airports up and ask who wants the next course."""

import random
from math import asin, cos, radians, sin, sqrt
from typing import Any
from urllib.parse import urlencode

from locust import task

from tests.load.caller import WORLD, Caller, data_of, require

NAMES = ("madrid", "kyiv", "intl", "san", "LEVC", "BCN", "paris", "port")
COUNTRIES = ("Spain", "UA", "Germany", "PL", "Italy")
GROUPS = ("town", "age_group", "channel", "gender", "source")
_EARTH_METRES = 6_371_000


class Viewer(Caller):
    """May not see residents."""

    role = "Viewers"
    weight = 3

    @task(3)
    def search(self) -> None:
        """By a name or a code."""
        self._airports("q", q=random.choice(NAMES), limit=20)

    @task(2)
    def by_country(self) -> None:
        """One page somewhere in the list."""
        self._airports("country", country=random.choice(COUNTRIES), limit=50, ordering="-altitude")

    @task(3)
    def near(self) -> None:
        """Nearest first, nobody from outside the circle."""
        lat, lon, radius = random.uniform(-60, 70), random.uniform(-180, 180), random.choice([50_000, 300_000])

        def check(answer: Any) -> None:
            rows = data_of(answer)
            distances = [row["distance"] for row in rows]
            require(distances == sorted(distances), "not nearest first")
            for row in rows:
                metres = _metres(lat, lon, row["latitude"], row["longitude"])
                require(metres <= radius * 1.01 + 1, f"{row['id']} is {metres:.0f} m away")

        self._airports("near", check=check, near=f"{lat:.4f},{lon:.4f}", radius=radius)

    @task(2)
    def in_box(self) -> None:
        """Also across the date line."""
        west, south = random.uniform(-180, 180), random.uniform(-60, 60)
        east = west + 10 if west + 10 <= 180 else west - 350

        def check(answer: Any) -> None:
            for row in data_of(answer):
                require(south - 1e-3 <= row["latitude"] <= south + 10.001, f"{row['id']} lies south or north")
                require((row["longitude"] - west + 1e-3) % 360 <= 10.01, f"{row['id']} lies west or east")

        self._airports("bbox", check=check, bbox=f"{west:.4f},{south:.4f},{east:.4f},{south + 10:.4f}")

    @task(2)
    def one_airport(self) -> None:
        """And not again while it is as it was."""
        path, name = f"/airports/{random.randint(1, 20_000)}", "GET /airports/{id}"
        found = self.ask("GET", path, name=name)
        if found is not None:
            self.ask("GET", path, name=name, headers={"If-None-Match": found.headers["ETag"]}, expect=304)
            self.ask("GET", f"{path}/history", name=f"{name}/history")

    @task(1)
    def export(self) -> None:
        """A country as a table or on a map."""
        form = random.choice(["csv", "geojson"])
        self._airports(f"format={form}", format=form, country=random.choice(COUNTRIES))

    @task(4)
    def demand(self) -> None:
        """Some grouping, some filters."""
        asked: dict[str, Any] = {"group_by": ",".join(random.sample(GROUPS, random.randint(1, 3))), "limit": 50}
        asked |= random.choice([{}, {"gender": "female"}, {"age_group": "25-34"}, {"min_residents": 20}])
        resource = random.choice(["demand", "opportunities"])
        self.ask("GET", f"/analytics/{resource}?{urlencode(asked)}", name=f"GET /analytics/{resource}", check=_sound)

    @task(1)
    def cities(self) -> None:
        """The map."""
        self.ask("GET", "/analytics/cities", name="GET /analytics/cities")

    @task(1)
    def catchments(self) -> None:
        """Around each airport."""
        self.ask("GET", "/analytics/catchments", name="GET /analytics/catchments")

    @task(1)
    def trend(self) -> None:
        """From delivery to delivery."""
        source = random.choice(["load-0", "load-1", ""])
        self.ask(
            "GET", f"/analytics/trend?{urlencode({'source': source} if source else {})}", name="GET /analytics/trend"
        )

    @task(1)
    def forbidden(self) -> None:
        """Residents, without the role and without anything."""
        import_id = WORLD.any_import()
        if import_id is not None:
            path = f"/imports/{import_id}/citizens/1"
            self.ask("GET", path, name="GET /imports/{id}/citizens/{citizen_id}, a viewer", expect=403)
            nobody = {"Authorization": "Token none"}
            self.ask("GET", path, name="GET /imports/{id}/citizens/{citizen_id}, nobody", expect=401, headers=nobody)

    def _airports(self, what: str, *, check: Any = None, **asked: Any) -> None:
        self.ask("GET", f"/airports?{urlencode(asked)}", name=f"GET /airports?{what}", check=check)


def _sound(answer: Any) -> None:
    for row in data_of(answer):
        require(0 <= row["buyers"] <= row["residents"], f"{row['buyers']} buyers of {row['residents']}")
        if row["index"] is not None and row["index_low"] is not None:
            require(row["index_low"] <= row["index"] <= row["index_high"], "an index outside its interval")


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    up, along = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(up) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(along) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(min(1.0, chord)))
