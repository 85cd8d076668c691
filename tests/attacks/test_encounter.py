"""The verdict over an encounter, and its table."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.attacks import encounter, probe, report
from tests.attacks.attack import Extent, Tally
from tests.attacks.catalogue import BY_NAME
from tests.attacks.encounter import Encounter, expected
from tests.attacks.probe import Sample
from tests.attacks.target import Memory, Target
from tests.attacks.wire import Aim

WELL = [Sample(kind, 0.01) for kind in probe.WELL]
HELD = Encounter(
    BY_NAME["unsent"],
    probe.WELL,
    Tally(connections=1, requests=1, answers=Counter({401: 1}), lost=Counter({"closed": 1})),
    WELL,
    recovered=0.0,
    held=[{"web server": 300.0, "PostgreSQL": 200.0}, {"web server": 310.0, "PostgreSQL": 200.0}],
)


def test_an_attack_that_nobody_noticed_holds() -> None:
    assert HELD.broken() == []


@pytest.mark.parametrize("wrong", ["unanswered", "after 2 s", "reset", "closed", "502"])
def test_one_wrong_probe_breaks_the_promise(wrong: str) -> None:
    assert replace(HELD, samples=[*WELL, Sample("ready", 3.0, wrong)]).broken() == [f"ready {wrong} ×1"]


def test_a_kind_of_probe_that_was_never_asked_for_breaks_it() -> None:
    assert replace(HELD, samples=WELL[1:]).broken() == ["live was never asked for"]


def test_a_process_that_died_breaks_it() -> None:
    assert replace(HELD, samples=None, tally=None).broken() == [
        "the caller's process told nothing",
        "the attacker's process told nothing",
    ]


def test_an_attacker_who_did_nothing_proves_nothing() -> None:
    assert replace(HELD, tally=Tally()).broken() == ["the attacker did nothing"]


def test_an_answer_that_no_attacker_should_get_breaks_it() -> None:
    assert replace(HELD, tally=Tally(connections=1, answers=Counter({500: 2}))).broken() == ["answered 500 ×2"]


def test_a_caller_who_does_nothing_wrong_may_not_be_surprised() -> None:
    tally = Tally(connections=1, surprises=Counter({"unanswered": 1}))
    assert replace(HELD, attack=BY_NAME["kept"], tally=tally).broken() == ["unanswered ×1"]
    assert replace(HELD, tally=tally).broken() == []


def test_requests_that_were_not_made_in_time_break_it() -> None:
    tally = Tally(connections=1, requests=5, most_requests=9)
    assert replace(HELD, tally=tally).broken() == ["only 5 of 9 requests"]


def test_a_product_that_is_not_well_afterwards_breaks_it() -> None:
    assert replace(HELD, recovered=None).broken() == ["not well 10 s after"]


@pytest.mark.parametrize(
    ("after", "broken"), [(340.0, []), (400.0, ["90 MiB more than before: web server +100, PostgreSQL -10"])]
)
def test_memory_may_not_grow(after: float, broken: list[str]) -> None:
    grown = {"web server": after, "PostgreSQL": 190.0}
    assert replace(HELD, held=[HELD.held[0], grown]).broken() == broken
    # What a first round left and a second did not.
    assert replace(HELD, held=[HELD.held[0], grown, grown]).broken() == []


class _Leaking(Target):
    """Holds so much more at each look."""

    def __init__(self, *held: float) -> None:
        super().__init__(Aim("http://127.0.0.1:1", manager="", viewer=""))
        self.looks = [{"web server": mebibytes} for mebibytes in held]

    def memory(self) -> Memory:
        return self.looks.pop(0)


@pytest.mark.parametrize(
    ("held", "rounds", "broken"),
    [((300, 310), 1, False), ((300, 500, 500, 510), 2, False), ((300, 500, 500, 700), 2, True)],
)
def test_what_grows_is_attacked_once_more(
    monkeypatch: pytest.MonkeyPatch, held: tuple[float, ...], rounds: int, broken: bool
) -> None:
    met = []

    def side_by_side(*_: object) -> tuple[Tally | None, list[Sample]]:
        met.append("attack")
        return HELD.tally, list(WELL)

    async def well(*_: object, **__: object) -> float:
        return 0.0

    monkeypatch.setattr(encounter, "_side_by_side", side_by_side)
    monkeypatch.setattr(probe, "recovery", well)
    found = encounter.meet(_Leaking(*held), BY_NAME["unsent"], Extent(connections=1, seconds=0))
    assert (len(met), len(found.samples or ()), bool(found.broken())) == (rounds, rounds * len(WELL), broken)


def test_a_frozen_database_and_a_full_disk_are_told_of() -> None:
    statuses = {name: [each.status for each in expected(BY_NAME[name]).values()] for name in ("frozen", "disk", "form")}
    assert statuses == {"frozen": [200, 503, 503], "disk": [200, 200, 200, 507], "form": [200, 200, 200, 201]}


def test_the_table_keeps_its_place_and_the_rows_of_other_attacks(tmp_path: Path) -> None:
    page = tmp_path / "operations.md"
    begin, end = "<!-- attacks on run: written by make test-attacks -->", "<!-- end of the attacks on run -->"
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    endless = replace(HELD, attack=BY_NAME["endless"])
    report.write(page, "run", [endless, replace(HELD, recovered=None, held=HELD.held[:1])], seconds=30)
    # Another run of one of them replaces its row alone.
    report.write(page, "run", [HELD], seconds=30)
    before, _, rest = page.read_text().partition(begin)
    table, _, after = rest.partition(end)
    assert (before, after) == ("before\n", "\nafter\n")
    cells = "| 401 ×1, closed ×1 | 10 / 10 / 10 ms | 10 / 10 / 10 ms | 10 / 10 / 10 ms | 10 / 10 / 10 ms | 0 of 4 |"
    assert table.splitlines()[-3:-1] == [
        f"| bodies that never come, as nobody | 1 (1) {cells} 500 → 510 | holds |",
        f"| bodies of 1 GiB, as nobody and as a Viewer | 1 (1) {cells} 500 → 510 | holds |",
    ]


def test_a_page_without_a_place_for_the_table_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "operations.md"
    page.write_text("text")
    with pytest.raises(ValueError, match="no place"):
        report.write(page, "run", [HELD], seconds=30)
    assert page.read_text() == "text"
