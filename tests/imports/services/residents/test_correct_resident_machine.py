"""Random corrections against a model in Python: after each of them the whole delivery is the model."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from config.common.problems import InvalidInput
from imports.fields import Patch
from imports.services.residents.correct_resident import correct_resident
from tests.effort import tries
from tests.factories import delivery
from tests.imports.world import KINDS, faults, load, stored

IDS = list(range(6))
LISTS = st.lists(st.sampled_from([*IDS, 99]), unique=True, max_size=4)


class Corrections(RuleBasedStateMachine):
    """One delivery of six residents; each rule is a correction of the delivery and of the model."""

    @initialize(seed=st.integers(0, 5))
    def start(self, seed: int) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        citizens = delivery(6, relations=6, seed=seed)
        numbers = {citizen["citizen_id"]: number for number, citizen in enumerate(citizens)}
        for citizen in citizens:
            citizen["citizen_id"] = numbers[citizen["citizen_id"]]
            for kind in KINDS:
                citizen[kind] = [numbers[other] for other in citizen[kind]]
        self.import_id = load(citizens)
        self.model: dict[int, dict[str, Any]] = {citizen["citizen_id"]: dict(citizen) for citizen in citizens}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @rule(who=st.sampled_from(IDS), town=st.sampled_from("abc"))
    def move_house(self, who: int, town: str) -> None:
        self.correct(who, town=town)
        self.model[who]["town"] = town

    @rule(who=st.sampled_from(IDS), relatives=LISTS)
    def change_relatives(self, who: int, relatives: list[int]) -> None:
        self.relate(who, relatives=relatives)

    @rule(who=st.sampled_from(IDS), friends=LISTS)
    def change_friends(self, who: int, friends: list[int]) -> None:
        self.relate(who, friends=friends)

    @rule(who=st.sampled_from(IDS), relatives=LISTS, friends=LISTS)
    def change_both(self, who: int, relatives: list[int], friends: list[int]) -> None:
        self.relate(who, relatives=relatives, friends=friends)

    def relate(self, who: int, **lists: list[int]) -> None:
        wanted = {kind: lists.get(kind, self.model[who][kind]) for kind in KINDS}
        named = wanted["relatives"] + wanted["friends"]
        if len(set(named)) == len(named) and set(named) <= set(IDS):
            self.correct(who, **lists)
            self.relate_in_model(who, wanted)
        else:
            with pytest.raises(InvalidInput):
                self.correct(who, **lists)

    def relate_in_model(self, who: int, wanted: dict[str, list[int]]) -> None:
        for kind in KINDS:
            for other in set(IDS) - {who}:
                theirs = self.model[other][kind]
                if other in wanted[kind] and who not in theirs:
                    theirs.append(who)
                elif other not in wanted[kind] and who in theirs:
                    theirs.remove(who)
            self.model[who][kind] = list(wanted[kind])

    def correct(self, who: int, **fields: Any) -> None:
        correct_resident(import_id=self.import_id, citizen_id=who, patch=Patch(**fields), actor=None)

    @invariant()
    def the_import_is_the_model(self) -> None:
        if hasattr(self, "import_id"):
            assert stored(self.import_id) == self.model
            assert faults(self.import_id) == []


@pytest.mark.django_db
def test_after_every_correction_the_whole_import_is_the_model() -> None:
    run_state_machine_as_test(
        Corrections,
        settings=settings(
            deadline=None,
            derandomize=True,
            max_examples=tries(30),
            stateful_step_count=12,
            suppress_health_check=list(HealthCheck),
        ),
    )
