"""What the product has acknowledged, and whether that is what it has now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.factories import people, relate
from tests.load.deliveries import one_sided

SIZE = 300
HALF, QUARTER = SIZE // 2, SIZE // 4
_PEOPLE = people(SIZE)
_FRIENDS = [(number, number + step) for number in range(1, SIZE - 1) for step in (1, 2) if number % 3]


@dataclass
class Delivery:
    """One delivery as it must be: residents by their number, corrected as far as corrections were acknowledged."""

    key: str
    source: str
    in_background: bool
    residents: dict[int, dict[str, Any]]
    import_id: int = 0
    # Each resident is corrected once: what a repetition does late changes nothing then.
    _corrected: int = field(default=0)

    def correction(self) -> tuple[int, list[int]]:
        """Whom to correct next, and the relatives to give them: by turns one is taken away and one is added."""
        number = self._corrected // 2 + 1
        return (number, []) if self._corrected % 2 == 0 else (QUARTER + number, [QUARTER + number + HALF])

    def corrected(self) -> None:
        """That was acknowledged."""
        number, relatives = self.correction()
        self.residents[number]["relatives"] = relatives
        self.residents[number + HALF]["relatives"] = [number] if relatives else []
        self._corrected += 1

    def demand(self) -> tuple[int, int, int]:
        """Residents, courses and buyers."""
        courses = [len(one["relatives"]) + len(one["friends"]) for one in self.residents.values()]
        return len(courses), sum(courses), sum(1 for count in courses if count)

    def differences(self, found: list[dict[str, Any]]) -> list[str]:
        """What is wrong with its residents, as they were read."""
        rows = {one["citizen_id"]: one for one in found}
        wrong = [number for number, one in self.residents.items() if _ordered(rows.get(number)) != _ordered(one)]
        sides = one_sided(found)
        return [
            *([f"{self.import_id} has {len(found)} residents"] if len(found) != len(self.residents) else []),
            *([f"{self.import_id} differs in {wrong[:5]}"] if wrong else []),
            *([f"{self.import_id} has one-sided relations {sides[:5]}"] if sides else []),
        ]


def _ordered(resident: dict[str, Any] | None) -> dict[str, Any] | None:
    return resident and {**resident, **{kind: sorted(resident[kind]) for kind in ("relatives", "friends")}}


def new_delivery(number: int, *, source: str, in_background: bool) -> Delivery:
    """One whose residents live in the flat `number`: no other's can be taken for them."""
    residents = [one | {"apartment": number, "relatives": [], "friends": []} for one in _PEOPLE]
    relate(residents, "relatives", *((one, one + HALF) for one in range(1, QUARTER + 1)))
    relate(residents, "friends", *_FRIENDS)
    return Delivery(f"{source}-{number}", source, in_background, {one["citizen_id"]: one for one in residents})


def stored_otherwise(deliveries: Iterable[Delivery], rows: Iterable[tuple[int, str, int]]) -> list[str]:
    """What is wrong with `rows` of all imports, their id, status and count: each delivery is there once, and whole."""
    wanted = {(each.import_id, "complete", len(each.residents)) for each in deliveries}
    found = set(rows)
    return [*(f"missing: {row}" for row in wanted - found), *(f"too much: {row}" for row in found - wanted)]


def counted_otherwise(deliveries: Iterable[Delivery], client: httpx.Client) -> list[str]:
    """Where the demand by source is not that of the last delivery of each."""
    last: dict[str, Delivery] = {}
    for each in sorted(deliveries, key=lambda one: one.import_id):
        last[each.source] = each
    rows = client.get("/analytics/demand", params={"group_by": "source"}).raise_for_status().json()["data"]
    found = {row["source"]: (row["residents"], row["courses"], row["buyers"]) for row in rows}
    wanted = {source: each.demand() for source, each in last.items()}
    return [] if found == wanted else [f"demand is {found}, and not {wanted}"]
