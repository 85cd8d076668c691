"""Segments summed up to groups, in the database, and read column by column."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import models

from analytics.arrays import Column, Ints
from analytics.dimensions import BIT_OF, PLACES, grouping_of
from analytics.disclosure import OTHER
from analytics.models import CurrentSegment, CurrentTie, PublishedSegment, Segment, SegmentTie
from analytics.perturbation import plausible
from analytics.services.asking.channels import channels_of
from analytics.services.asking.names import NO_NUMBER, NO_TEXT, Names
from analytics.services.asking.questions import COUNTS, SOURCE, Question
from analytics.services.asking.read_spread import SPREAD, TOTALS, Spread, read_spread, with_ties
from analytics.services.asking.scopes import Scope
from analytics.services.fetch_columns import fetch_columns
from analytics.ties import inside
from config.common.db.snapshots import once_in_snapshot

_TEXTS = {"town", "channel", "gender"}

# Whole imports, without adding up their segments: of hundreds of imports that would take a second. All segments of an
# import have the same bit of the grouping by nothing, so any of them tells whether its total is shown.
_VISIBLE_TOTALS = f"""
    SELECT import_id, {", ".join(f"shown_{name} AS {name}" for name in COUNTS)}, 0 AS is_other
    FROM analytics_importdemand AS demand
    WHERE residents > 0 AND import_id = ANY(%(imports)s) AND (
        SELECT published & 1 FROM analytics_segment
        WHERE import_id = demand.import_id AND at_delivery = %(at_delivery)s LIMIT 1
    ) = 1
"""  # nosec B608 # joins constants alone; values are parameters
# PostgreSQL adds up bigint as numeric, which takes twice as long; doubles are exact to 2^53, far beyond any people.
_SUMS = ", ".join(f"sum({name}::float8)::bigint AS {name}" for name in COUNTS)
_SQUARES = ", sum(squares::float8)::bigint AS squares"
_SHOWN_SUMS = ", ".join(f"sum(shown_{name}::float8)::bigint AS {name}" for name in COUNTS)
# The towns of each group by cities or countries.
_GROUPED = " JOIN unnest(%(places)s::text[], %(groups)s::int[]) AS grouped (of_town, place) ON of_town = town"


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of residents and their counts, column by column, each with a value for every group.

    `keys`: a column for each name of the question's `columns`. `is_other`: 1 where segments are merged, else 0.
    `imports`: whose groups they are where each is of one import, else 0. `spread` None: for callers who may not see
    residents.
    """

    keys: tuple[Column[str | None], ...]
    residents: Ints
    courses: Ints
    buyers: Ints
    is_other: Ints
    imports: Ints
    spread: Spread | None

    @property
    def merged(self) -> int:
        """How many residents stand in rows of what is merged."""
        return int(self.residents[self.is_other == 1].sum())


@once_in_snapshot
def read_groups(question: Question, scope: Scope, *, restricted: bool, by_import: bool = False) -> Groups:
    """Reads the groups that `question` asks for, in no order; only ones with residents.

    `restricted`: for callers who may not see residents. What they may know is decided for each import by itself and
    stored as bits of its segments: a segment whose cell of the filtered keys is not shown counts nowhere, one whose
    cell of the grouped and filtered keys is not shown counts as `other`. So an answer over several imports, towns, or
    other values of a filter is the sum of the answers over each.
    """
    by_import = by_import or SOURCE in question.group_by
    names = Names(question, restricted=restricted)
    parts = [_read(question, part, names, restricted, by_import) for part in scope.by_scheme()]
    places = range(len(question.columns))
    none = np.zeros(0, dtype=np.int64)
    counts: dict[str, Ints] = {
        name: np.concatenate([none, *(getattr(part, name) for part in parts)]) for name in Groups.__slots__[1:-1]
    }
    return Groups(
        keys=tuple(Column.joined([part.keys[place] for part in parts]) for place in places),
        **counts,
        spread=None if restricted else Spread.joined([part.spread for part in parts if part.spread]),
    )


def _read(question: Question, scope: Scope, names: Names, restricted: bool, by_import: bool) -> Groups:
    read: tuple[str, ...] = ("import_id",) if by_import else ()
    read += (*_columns(question), *COUNTS, "is_other", *(() if restricted else SPREAD))
    columns = fetch_columns(*_statement(question, scope, names, restricted, by_import), names=read, texts=_TEXTS)
    imports = columns.get("import_id", np.zeros_like(columns["residents"]))
    spread = None if restricted else _spread(question, scope, names, columns)
    columns |= names.label(columns)
    # The number -1 of what is merged is the last one of the ages.
    ages, sources = (*scope.age_groups.labels, OTHER), {found.import_id: found.source for found in scope.imports}
    if "age_group" in columns:
        columns["age_group"] = Column.of(columns["age_group"].tolist()).renamed(ages.__getitem__)
    if "gender" in columns:
        columns["gender"] = columns["gender"].renamed(lambda gender: gender or OTHER)
    if SOURCE in question.group_by:
        columns[SOURCE] = Column.of(imports.tolist()).renamed(sources.__getitem__)
    keys = tuple(columns[key] for key in question.columns)
    residents, courses, buyers = (columns[name] for name in COUNTS)
    if restricted:
        residents, courses, buyers = plausible(residents, courses, buyers, small=scope.small_segment)
    return Groups(keys, residents, courses, buyers, columns["is_other"], imports, spread)


def _spread(question: Question, scope: Scope, names: Names, columns: dict[str, Any]) -> Spread:
    conditions, values = _conditions(question, scope, names)
    ties = channels_of(question).table(_tie_table(scope))
    return read_spread(question, columns=columns, ties=ties, conditions=conditions, values=values)


def _columns(question: Question) -> tuple[str, ...]:
    """Names the columns by which a statement groups: of the keys that say where the finest, which tells the others."""
    where = {"town": "town", "city": "place", "country": "place"}.get(question.finest or "")
    return (*([where] if where else []), *(key for key in question.keys if key not in PLACES))


def _statement(
    question: Question, scope: Scope, names: Names, restricted: bool, by_import: bool
) -> tuple[str, dict[str, Any]]:
    if by_import and not question.keys and not question.filters:
        return _VISIBLE_TOTALS if restricted else TOTALS, _of_imports(scope)
    conditions, values = _conditions(question, scope, names)
    if restricted:
        conditions.append(_shown(grouping_of(question.filters)))
    grouped = "" if names.groups is None else _GROUPED
    channels = channels_of(question)
    whole = channels.table(_table(scope, restricted))
    table = f"{whole}{grouped}"
    columns, own = _columns(question), ["import_id"] if by_import else []
    if not restricted:
        counted = _summed(table, {key: key for key in (*own, *columns)}, conditions, f"{_SUMS}{_SQUARES}")
        values["agrees"] = inside((*question.keys, *question.filters))
        ties = f"{channels.table(_tie_table(scope))}{grouped}"
        return with_ties(counted, ties=ties, columns=(*own, *columns), conditions=conditions), values
    # Where every grouped key is filtered, what is visible has its own name.
    if grouping_of((*question.keys, *question.filters)) == grouping_of(question.filters):
        return _summed(table, {key: key for key in (*own, *columns)}, conditions, _SHOWN_SUMS), values
    shown, named = _shown(grouping_of((*question.keys, *question.filters))), _named(question)
    merged = {key: str(NO_NUMBER) if key in ("place", "age_group") else repr(NO_TEXT) for key in columns}
    # Not one grouping by CASE: most segments are merged, and to look each one up among the groups takes long.
    apart = _summed(table, {key: key for key in (*own, *columns)}, [*conditions, named], _SHOWN_SUMS)
    rest = _summed(
        whole,
        {key: key for key in own} | merged,
        [*conditions, f"NOT ({named})"],
        _SHOWN_SUMS,
        is_other=f"(NOT bool_and({shown}))::int",
    )
    return f"{apart} UNION ALL {rest}", values


def _summed(table: str, columns: dict[str, str], conditions: list[str], sums: str, *, is_other: str = "0") -> str:
    """Writes the statement that counts by those of `columns`, names and what they are, that are the table's own."""
    own = [name for name, value in columns.items() if name == value]
    named = "".join(f"{value} AS {name}, " for name, value in columns.items())
    return f"""
        SELECT {named} {sums}, {is_other} AS is_other
        FROM {table} WHERE {" AND ".join(conditions or ["true"])} {"GROUP BY" if own else ""} {", ".join(own)}
        HAVING sum(residents::float8) > 0
    """  # nosec B608 # joins names of columns alone; values are parameters


def _shown(grouping: int) -> str:
    return f"published & {1 << BIT_OF[grouping]} <> 0"


def _named(question: Question) -> str:
    """Writes the condition that a segment has a group of its own name: shown, and not by chance named as the merged."""
    shown = _shown(grouping_of((*question.keys, *question.filters)))
    if not set(question.keys) <= {"town", "channel"}:
        return shown
    return f"{shown} AND NOT ({' AND '.join(f'{key} = {OTHER!r}' for key in question.keys)})"


def _of_imports(scope: Scope) -> dict[str, Any]:
    return {"imports": [found.import_id for found in scope.imports], "at_delivery": scope.at_delivery}


def _conditions(question: Question, scope: Scope, names: Names) -> tuple[list[str], dict[str, Any]]:
    chosen = {
        "age_group": _positions(question.age_groups, scope),
        "channel": channels_of(question).folds(question.channels),
        "gender": list(question.genders),
    }
    filters: dict[str, Any] = {key: chosen[key] for key in question.filters if key in chosen}
    if names.towns is not None:
        filters["town"] = names.towns
    conditions = [f"{key} = ANY(%({key})s)" for key in filters]
    if not scope.is_picture:
        conditions.append("import_id = ANY(%(imports)s) AND at_delivery = %(at_delivery)s")
    groups = names.groups or {}
    values = _of_imports(scope) | filters | channels_of(question).values
    return conditions, values | {"places": list(groups), "groups": list(groups.values())}


def _positions(labels: tuple[str, ...], scope: Scope) -> list[int]:
    return [number for number, label in enumerate(scope.age_groups.labels) if label in labels]


def _tie_table(scope: Scope) -> type[models.Model]:
    return CurrentTie if scope.is_picture else SegmentTie


def _table(scope: Scope, restricted: bool) -> type[models.Model]:
    if not scope.is_picture:
        return Segment
    return PublishedSegment if restricted else CurrentSegment
