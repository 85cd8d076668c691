"""People who correct residents and count them."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from locust import task

from tests.load.caller import WORLD, Caller, data_of, require
from tests.load.deliveries import ages, one_sided, percentile

CITIZEN = "/imports/{id}/citizens/{citizen_id}"
FORMS = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv"}


class Editor(Caller):
    """Has one import in hand at a time, which nobody else corrects meanwhile: so the answers can be foretold."""

    role = "Editors"
    weight = 3

    @task(8)
    def correct(self) -> None:
        """One field."""
        self._with_import(self._correct)

    @task(4)
    def relate(self) -> None:
        """Two residents become friends, or cease to be, on both sides."""
        self._with_import(self._relate)

    @task(3)
    def count_courses(self) -> None:
        """By channel and by month."""
        self._with_import(self._count_courses)

    @task(3)
    def count_ages(self) -> None:
        """The percentiles are those of the residents."""
        self._with_import(self._count_ages)

    @task(2)
    def read(self) -> None:
        """All residents, in each form."""
        self._with_import(self._read)

    @task(1)
    def correct_wrong(self) -> None:
        """Refused, and nothing is changed."""
        self._with_import(self._correct_wrong)

    def _with_import(self, work: Callable[[int], None]) -> None:
        if not WORLD.imports:
            return
        import_id = WORLD.imports[random.randrange(len(WORLD.imports))]
        WORLD.imports.remove(import_id)
        try:
            work(import_id)
        finally:
            WORLD.imports.append(import_id)

    def _correct(self, import_id: int) -> None:
        citizen = self._somebody(import_id)
        if citizen is None:
            return
        number = random.randrange(10**6)
        change: dict[str, Any] = random.choice(
            [{"street": f"Street {number}"}, {"apartment": number}, {"channel": f"c{number % 9}"}]
        )

        def check(answer: Any) -> None:
            require(data_of(answer) == {**citizen, **change}, "not the resident with the change")

        self._patch(import_id, citizen, change, check=check)

    def _relate(self, import_id: int) -> None:
        one, other = self._somebody(import_id), self._somebody(import_id)
        if one is None or other is None or other["citizen_id"] in [*one["relatives"], one["citizen_id"]]:
            return
        friends = sorted({*one["friends"]} ^ {other["citizen_id"]})
        if self._patch(import_id, one, {"friends": friends}, name=f"PATCH {CITIZEN}, friends") is None:
            return
        wanted = other["citizen_id"] in friends

        def check(answer: Any) -> None:
            named = one["citizen_id"] in data_of(answer)["friends"]
            require(named == wanted, f"one-sided: {one['citizen_id']} and {other['citizen_id']} in {import_id}")

        self.ask("GET", _path(import_id, other), name=f"GET {CITIZEN}", check=check)

    def _count_courses(self, import_id: int) -> None:
        path, name = f"/imports/{import_id}/citizens/birthdays", "GET /imports/{id}/citizens/birthdays"
        by_channel = data_of(self.ask("GET", path, name=name))

        def check(answer: Any) -> None:
            by_month = data_of(answer)
            require(list(by_month) == [str(month) for month in range(1, 13)], f"months {list(by_month)}")
            courses = sum(row["courses"] for rows in (by_channel or {}).values() for row in rows)
            presents = sum(row["presents"] for rows in by_month.values() for row in rows)
            require(courses == presents, f"{courses} courses by channel, {presents} by month")

        if by_channel is not None:
            self.ask("GET", f"{path}?group_by=month", name=f"{name}?group_by=month", check=check)

    def _count_ages(self, import_id: int) -> None:
        residents = data_of(self._citizens(import_id, "json"))
        if residents is None:
            return
        day = datetime.now(UTC).date()

        def check(answer: Any) -> None:
            found = {row["town"]: (row["p50"], row["p75"], row["p99"]) for row in data_of(answer)}
            towns = ages(residents, today=datetime.now(UTC).date())
            require(found.keys() == towns.keys(), "other towns")
            for town, years in towns.items():
                wanted = [percentile(years, percent) for percent in (50, 75, 99)]
                near = all(abs(one - other) < 0.006 for one, other in zip(found[town], wanted, strict=True))
                # At midnight people grow older between the two requests.
                require(near or day != datetime.now(UTC).date(), f"{town}: {found[town]}, not {wanted}")

        path = f"/imports/{import_id}/towns/stat/percentile/age"
        self.ask("GET", path, name="GET /imports/{id}/towns/stat/percentile/age", check=check)

    def _read(self, import_id: int) -> None:
        self._citizens(import_id, random.choice(list(FORMS)))

    def _correct_wrong(self, import_id: int) -> None:
        citizen = self._somebody(import_id)
        if citizen is None:
            return
        self._patch(import_id, citizen, {"birth_date": "31.02.2000", "street": "elsewhere"}, expect=400)

        def check(answer: Any) -> None:
            require(data_of(answer) == citizen, "a refused correction changed something")

        self.ask("GET", _path(import_id, citizen), name=f"GET {CITIZEN}", check=check)

    def _somebody(self, import_id: int) -> Any:
        """Ids begin with 1 and have few gaps in a small delivery."""
        path = f"/imports/{import_id}/citizens/{random.randint(1, 100)}"
        return data_of(self.ask("GET", path, name=f"GET {CITIZEN}"))

    def _citizens(self, import_id: int, form: str) -> Any:
        def check(answer: Any) -> None:
            if form != "json":
                return
            residents = msgspec.json.decode(answer.content)["data"]
            sides = one_sided(residents)
            require(not sides, f"one-sided in import {import_id}: {sides[:5]}")
            ids = [resident["citizen_id"] for resident in residents]
            require(ids == sorted(ids), "not in order")

        name = "GET /imports/{id}/citizens" + ("" if form == "json" else f", {form.upper()}")
        path = f"/imports/{import_id}/citizens"
        return self.ask("GET", path, name=name, headers={"Accept": FORMS[form]}, check=check)

    def _patch(
        self,
        import_id: int,
        citizen: Any,
        change: dict[str, Any],
        *,
        name: str = "",
        expect: int = 200,
        check: Any = None,
    ) -> Any:
        name = name or f"PATCH {CITIZEN}"
        return self.ask("PATCH", _path(import_id, citizen), name=name, json=change, expect=expect, check=check)


def _path(import_id: int, citizen: Any) -> str:
    return f"/imports/{import_id}/citizens/{citizen['citizen_id']}"
