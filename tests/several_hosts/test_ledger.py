"""What is lost, doubled, torn or half there would be noticed."""

from copy import deepcopy

import pytest

from tests.several_hosts.ledger import QUARTER, SIZE, Delivery, new_delivery, stored_otherwise


@pytest.fixture
def delivery() -> Delivery:
    """One of which two corrections were acknowledged: one took relatives away, the other one made some."""
    made = new_delivery(7, source="supplier", in_background=False)
    made.import_id = 1
    for _ in range(2):
        made.corrected()
    return made


def test_what_is_there_once_and_whole_is_right(delivery: Delivery) -> None:
    assert stored_otherwise([delivery], [(1, "complete", SIZE)]) == []
    assert delivery.differences(list(delivery.residents.values())) == []


@pytest.mark.parametrize(
    "rows",
    [[], [(1, "complete", SIZE), (2, "complete", SIZE)], [(1, "loading", SIZE)], [(1, "complete", SIZE - 1)]],
    ids=["lost", "doubled", "unfinished", "half"],
)
def test_a_delivery_that_is_not_there_as_it_was_accepted_is_noticed(
    delivery: Delivery, rows: list[tuple[int, str, int]]
) -> None:
    assert stored_otherwise([delivery], rows) != []


def test_residents_that_are_missing_uncorrected_or_named_by_one_side_are_noticed(delivery: Delivery) -> None:
    rows = list(delivery.residents.values())
    assert delivery.differences(rows[1:]) != []
    uncorrected = new_delivery(7, source="supplier", in_background=False).residents.values()
    assert delivery.differences(list(uncorrected)) == ["1 differs in [1, 76, 151, 226]"]
    torn = deepcopy(rows)
    torn[QUARTER]["relatives"] = []
    assert "1 has one-sided relations [(226, 76)]" in delivery.differences(torn)
