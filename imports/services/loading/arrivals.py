"""What came of the deliveries that come message by message, and what is missing of them."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from config.common.problems import Conflict, FieldError, Problem
from config.common.texts import gettext as _
from imports.documents.formats import NDJSON
from imports.documents.messages import CHECKSUM_MODULUS, written_checksum
from imports.models import Arrival, Import
from imports.services.loading.delivery_outcome import INCOMPLETE
from imports.services.naming.resolve_source import expect_source, name_source

Key = tuple[str, str]
Range = tuple[int, int]

# Ranges of sequences that an error names.
_NAMED = 50
_LOCK = """
    SELECT * FROM imports_arrival WHERE (source, name) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    ORDER BY source, name FOR NO KEY UPDATE
"""
_ANY_KNOWN = "SELECT sequences && %s::int8multirange FROM imports_arrival WHERE id = %s"
_KNOWN = "SELECT number FROM unnest(%s::bigint[]) AS number, imports_arrival WHERE id = %s AND sequences @> number"
_ADD = """
    UPDATE imports_arrival SET sequences = sequences + %(kept)s::int8multirange,
        refused = refused + %(refused)s::int8multirange - %(kept)s::int8multirange,
        checksum = mod(checksum + %(checksum)s, %(modulus)s), came = came + %(came)s, chunks = chunks + %(chunks)s,
        last_at = clock_timestamp()
    WHERE id = %(id)s
"""
_STATE = """
    WITH arrival AS (
        SELECT came, expected, checksum, expected_checksum, refused,
            int8multirange(int8range(1, expected + 1)) - sequences - refused AS missing,
            sequences - int8multirange(int8range(1, expected + 1)) AS beyond
        FROM imports_arrival WHERE id = %s
    )
    SELECT came, expected, checksum, expected_checksum, {counts}, {named} FROM arrival
"""
_SETS = ("missing", "refused", "beyond")
_COUNT = "(SELECT coalesce(sum(upper(one) - lower(one)), 0) FROM unnest({}) AS one)"
_NAME = f"ARRAY(SELECT lower(one) || '-' || upper(one) - 1 FROM unnest({{}}) AS one LIMIT {_NAMED})"  # nosec B608 # joins constants


class State(NamedTuple):
    """Of a delivery whose `end` came: how many messages are kept and expected, the two checksums, how many are
    `missing`, `refused` and `beyond` what is expected, and the first sequences of each as `17-19`."""

    came: int
    expected: int
    checksum: Decimal
    expected_checksum: Decimal
    missing: int
    refused: int
    beyond: int
    missing_named: list[str]
    refused_named: list[str]
    beyond_named: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether each message came once, and is what was sent."""
        return not (self.missing or self.refused or self.beyond) and self.checksum == self.expected_checksum


def hold_arrivals(keys: Collection[Key]) -> tuple[dict[Key, Arrival], dict[Key, Problem]]:
    """The arrivals of these sources and names, made where there are none, and locked until the caller's transaction
    ends, in one order for all; and why there is none of some."""
    found = {(one.source, one.name): one for one in _lock(keys)}
    refused: dict[Key, Problem] = {}
    for key in sorted(set(keys) - found.keys()):
        try:
            expect_source(key[0], actor=None)
        except Problem as problem:
            refused[key] = problem
    if fresh := sorted(set(keys) - found.keys() - refused.keys()):
        Arrival.objects.bulk_create([Arrival(source=one, name=two) for one, two in fresh], ignore_conflicts=True)
        found |= {(one.source, one.name): one for one in _lock(fresh)}
    for arrival in found.values():
        if arrival.import_id is None:
            _make_delivery(arrival)
    return found, refused


def _lock(keys: Collection[Key]) -> Iterable[Arrival]:
    columns: list[Any] = [[source for source, _ in keys], [name for _, name in keys]]
    return Arrival.objects.raw(_LOCK, columns)


def _make_delivery(arrival: Arrival) -> None:
    """The delivery that it becomes. It waits, as one that was checked does, until all of it is there."""
    made = Import.objects.create(
        source=arrival.source,
        status=Import.Status.CHECKED,
        media_type=NDJSON.media_type,
        stops_at_losses=settings.IMPORT_HOLD_LOSSES,
        file_name=arrival.name,
        errors=[_coming().stored()],
        body_size=0,
    )
    name_source(arrival.source)
    arrival.import_id = made.pk
    arrival.save(update_fields=["import_id"])


def awaited_delivery(arrival: Arrival) -> Import | None:
    """The delivery while its messages are wanted still, held until the caller's transaction ends; of one that is whole,
    discarded, erased or deleted none."""
    if arrival.settled_at is not None or arrival.import_id is None:
        return None
    waiting = Import.objects.live().filter(pk=arrival.import_id, status=Import.Status.CHECKED)
    return waiting.select_for_update(no_key=True).first()


def require_whole(found: Import) -> None:
    """Raises `Conflict`, with what is missing, for a delivery of which messages are."""
    arrival = Arrival.objects.filter(import_id=found.pk, settled_at=None).first()
    if arrival is not None:
        errors = errors_of(state_of(arrival)) if arrival.ended_at else []
        errors = errors or [_coming()]
        raise Conflict(errors[0].text, errors=errors)


def known_sequences(arrival: Arrival, sequences: Sequence[int]) -> set[int]:
    """Which of them came before, and were kept."""
    with connection.cursor() as cursor:
        # Mostly none did, which costs one look for all of them.
        cursor.execute(_ANY_KNOWN, [ranges_of(sequences), arrival.pk])
        if cursor.fetchone() == (False,):
            return set()
        cursor.execute(_KNOWN, [list(sequences), arrival.pk])
        return {number for (number,) in cursor.fetchall()}


def add_messages(
    arrival: Arrival, *, kept: Sequence[int], refused: Sequence[int], checksum: int, chunks: int = 0
) -> None:
    """Writes down which sequences came, and are new."""
    values: dict[str, Any] = {
        "id": arrival.pk, "kept": ranges_of(kept), "refused": ranges_of(refused), "checksum": checksum,
        "came": len(kept), "chunks": chunks, "modulus": CHECKSUM_MODULUS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)


def ranges_of(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes a set of them."""
    runs = []
    for _gap, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [number for _place, number in run]
        runs.append(f"[{members[0]},{members[-1] + 1})")
    return f"{{{','.join(runs)}}}"


def state_of(arrival: Arrival) -> State:
    """What is there, and what is not, of one whose `end` came."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE.format(counts=_each(_COUNT), named=_each(_NAME)), [arrival.pk])
        return State(*cursor.fetchone())


def _each(expression: str) -> str:
    return ", ".join(map(expression.format, _SETS))


def errors_of(state: State) -> list[FieldError]:
    """Why it is not whole, for people."""
    missing = _("%(some)s of %(all)s messages missing: %(sequences)s.")
    refused = _("%(some)s of %(all)s messages not valid, see the dead letters: %(sequences)s.")
    beyond = _("%(some)s messages more than the %(all)s that were announced: %(sequences)s.")
    found = [
        (state.missing, state.missing_named, missing),
        (state.refused, state.refused_named, refused),
        (state.beyond, state.beyond_named, beyond),
    ]
    errors = [
        FieldError("", INCOMPLETE, text % {"some": int(some), "all": state.expected, "sequences": _written(named)})
        for some, named, text in found
        if some
    ]
    if not errors and not state.is_whole:
        told = _("All %(all)s messages came, but their checksum is %(checksum)s, not the one that was announced.")
        values = {"all": state.expected, "checksum": written_checksum(int(state.checksum))}
        errors.append(FieldError("", INCOMPLETE, told % values))
    return errors


def _coming() -> FieldError:
    return FieldError("", INCOMPLETE, _("Its messages are still coming."))


def _written(named: Sequence[str]) -> str:
    """`17, 40-41`, and dots where there are more."""
    texts = [low if low == high else f"{low}-{high}" for low, _, high in (one.partition("-") for one in named)]
    return ", ".join([*texts, *(["…"] if len(named) == _NAMED else [])])
