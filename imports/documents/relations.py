"""Relations between the residents of one document: everybody named exists and names back.

A resident may name itself. What one list can know by itself (no id twice) was
checked before.
"""

from collections.abc import Collection, Iterable
from itertools import chain

from imports.documents.codes import Code
from imports.documents.errors import DETAILS, ErrorCollector
from imports.documents.structs import Resident


def relations_hold(citizens: Iterable[Resident]) -> bool:
    """Whether all relations are right; says nothing about which is not."""
    linked = [citizen for citizen in citizens if citizen.relatives or citizen.friends]
    relatives = pairs(linked, [citizen.relatives for citizen in linked])
    friends = pairs(linked, [citizen.friends for citizen in linked])
    return relatives is not None and friends is not None and relatives.isdisjoint(friends)


def pairs(citizens: list[Resident], named: list[list[int]]) -> set[tuple[int, int]] | None:
    """Who names whom, or None where somebody does not name back.

    Who names back is a resident of the document, so this also says that
    everybody who is named exists.
    """
    owners = [citizen.citizen_id for citizen, ids in zip(citizens, named, strict=True) for _ in ids]
    others = list(chain.from_iterable(named))
    forth = set(zip(owners, others, strict=True))
    return forth if forth == set(zip(others, owners, strict=True)) else None


def check_relations(citizens: list[Resident], errors: ErrorCollector) -> None:
    """Adds every wrong relation."""
    relatives = {citizen.citizen_id: frozenset(citizen.relatives) for citizen in citizens}
    friends = {citizen.citizen_id: frozenset(citizen.friends) for citizen in citizens}
    for index, citizen in enumerate(citizens):
        pointer = f"/citizens/{index}"
        check_named(citizen.citizen_id, citizen.relatives, relatives, f"{pointer}/relatives", errors)
        check_named(citizen.citizen_id, citizen.friends, friends, f"{pointer}/friends", errors)
        check_disjoint(relatives[citizen.citizen_id], citizen.friends, pointer, errors)


def check_named(
    citizen_id: int, ids: list[int], known: dict[int, frozenset[int]], pointer: str, errors: ErrorCollector
) -> None:
    """Each of `ids` is `known` and names `citizen_id` in return."""
    for index, other in enumerate(ids):
        if other not in known:
            errors.add(f"{pointer}/{index}", Code.UNKNOWN_CITIZEN, DETAILS[Code.UNKNOWN_CITIZEN])
        elif citizen_id not in known[other]:
            errors.add(f"{pointer}/{index}", Code.NOT_MUTUAL, DETAILS[Code.NOT_MUTUAL])


def check_disjoint(relatives: Collection[int], friends: list[int], pointer: str, errors: ErrorCollector) -> None:
    """No friend stands among the relatives. `pointer` leads to the resident."""
    for index, other in enumerate(friends):
        if other in relatives:
            errors.add(f"{pointer}/friends/{index}", Code.IN_BOTH_LISTS, DETAILS[Code.IN_BOTH_LISTS])
