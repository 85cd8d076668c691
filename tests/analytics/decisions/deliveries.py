"""Deliveries whose residents are friends in circles: how many courses there are is known."""

from typing import Any

from tests.imports.world import load


def people(count: int, first: int, *, town: str, friends: int) -> list[dict[str, Any]]:
    """Residents of a town in circles: each is a friend of all others of its circle of `friends` + 1; of every third
    circle nobody is."""
    found = []
    for number in range(count):
        start = number - number % (friends + 1)
        others = {first + other for other in range(start, min(start + friends + 1, count))} - {first + number}
        others = others if start // (friends + 1) % 3 else set()
        found.append(
            {"citizen_id": first + number, "town": town, "street": "a", "building": "1", "apartment": 1, "name": "A",
             "birth_date": "01.06.1940", "gender": "male", "relatives": [], "friends": sorted(others), "channel": "tv"}
        )  # fmt: skip
    return found


def deliver(source: str, *, kyiv: int, lviv: int, first: int = 0) -> int:
    """Loads two hundred residents of each of two towns, in circles of so many friends; its number."""
    return load(
        [*people(200, first, town="Kyiv", friends=kyiv), *people(200, first + 1000, town="Lviv", friends=lviv)],
        source=source,
    )
