"""Relations: whoever is named exists and names back, in the same list."""

import pytest

from imports.documents.reader import read_document
from tests.imports.documents.builders import RULES, citizen, document, refused

LISTS = pytest.mark.parametrize("field", ["relatives", "friends"])


@LISTS
def test_mutual_relations_are_accepted(field: str) -> None:
    body = document(citizen(1, **{field: [2, 3]}), citizen(2, **{field: [1]}), citizen(3, **{field: [1]}))
    citizens = read_document(body, max_citizens=3, rules=RULES)
    assert [getattr(one, field) for one in citizens] == [[2, 3], [1], [1]]


@LISTS
def test_a_citizen_may_name_itself(field: str) -> None:
    citizens = read_document(document(citizen(1, **{field: [1]})), max_citizens=1, rules=RULES)
    assert getattr(citizens[0], field) == [1]


def test_all_kinds_of_wrong_relations_are_found_in_one_pass() -> None:
    body = document(citizen(1, relatives=[2, 7], friends=[2]), citizen(2, relatives=[1], friends=[]))
    assert refused(body) == [
        ("/citizens/0/relatives/1", "unknown_citizen"),
        ("/citizens/0/friends/0", "not_mutual"),
        ("/citizens/0/friends/0", "in_both_lists"),
    ]


def test_relations_are_checked_when_every_citizen_is_valid_by_itself() -> None:
    body = document(citizen(1, relatives=[9]), citizen(2, town=""))
    assert refused(body) == [("/citizens/1/town", "too_short")]


def test_an_order_of_the_lists_is_no_order_of_the_ids() -> None:
    ids = [5, 3, 2**63 - 1, 0]
    body = document(*(citizen(one, relatives=[other for other in ids if other != one]) for one in reversed(ids)))
    assert len(read_document(body, max_citizens=4, rules=RULES)) == 4
