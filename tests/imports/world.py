"""What tests of deliveries do again and again: load people, look at what is stored, compare errors."""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from django.contrib.auth.models import User

from imports.fields import written
from imports.models import Citizen, Correction, Import
from imports.services.erasing.delete_delivery import purge_deleted_deliveries
from imports.services.loading.load_document import load_document
from imports.services.loading.receive_delivery import receive_delivery

People = Iterable[dict[str, Any]]
KINDS = ("relatives", "friends")


class Answer(Protocol):
    """A response of the test client or of httpx."""

    status_code: int

    def json(self) -> Any: ...


def body_of(citizens: People) -> bytes:
    """The document that delivers `citizens`."""
    return json.dumps({"citizens": list(citizens)}).encode()


def lines_of(citizens: People) -> bytes:
    """The same delivery with one resident a line."""
    return b"".join(json.dumps(citizen).encode() + b"\n" for citizen in citizens)


def load(citizens: People, *, actor: User | None = None, source: str = "default") -> int:
    """The id of a new delivery with `citizens`."""
    return load_document(body=body_of(citizens), source=source, actor=actor).pk


def received(body: bytes, *, chunk: int = 1_000, **values: Any) -> int:
    """The id of a new delivery that waits to be loaded from `body`."""
    chunks = (body[start : start + chunk] for start in range(0, len(body), chunk))
    return receive_delivery(chunks=chunks, actor=values.pop("actor", None), **values).pk


def stored(import_id: int) -> dict[int, dict[str, Any]]:
    """Every resident of the delivery as the API shows it, by id."""
    return {row.citizen_id: written(row) for row in Citizen.objects.of(import_id)}


def counts() -> tuple[int, int]:
    """How many deliveries and residents there are."""
    return Import.objects.count(), Citizen.objects.count()


def problem(answer: Answer) -> tuple[int, list[tuple[str, str]]]:
    """Its status, and pointer and code of each of its errors."""
    return answer.status_code, [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


def faults(import_id: int) -> list[str]:
    """What is wrong with the relations of a delivery: one-sided, unknown, or named twice; and its revision."""
    rows = stored(import_id)
    found = [
        f"{one} names {other} among {kind}, who does not name back"
        for one, row in rows.items()
        for kind in KINDS
        for other in row[kind]
        if other not in rows or one not in rows[other][kind]
    ]
    for one, row in rows.items():
        named = row["relatives"] + row["friends"]
        if len(set(named)) != len(named):
            found.append(f"{one} names somebody twice")
    revision = Import.objects.get(pk=import_id).revision
    corrections = Correction.objects.filter(delivery_id=import_id).count()
    if revision != corrections:
        found.append(f"revision {revision} after {corrections} corrections")
    return found


def broken_chains(import_id: int, first: dict[str, Any]) -> list[str]:
    """Where the corrections of a resident, once as `first` says, do not lead from one value to the next one."""
    chains = dict(first)
    found = []
    corrections = Correction.objects.filter(delivery_id=import_id, citizen_id=first["citizen_id"])
    for correction in corrections.order_by("id"):
        for field, change in correction.changes.items():
            if chains[field] != change["from"]:
                found.append(f"correction {correction.pk} of {field} replaced a value that was not there any more")
            chains[field] = change["to"]
    now = stored(import_id)[first["citizen_id"]]
    return found + [f"{field} is not what was corrected last" for field in now if now[field] != chains[field]]


def purge() -> None:
    """What a worker does after deletions: every row of every deleted delivery goes."""
    purge_deleted_deliveries()
    assert not Import.objects.deleted().exists()
