"""Segments summed up to groups, in the database."""

from typing import Any, NamedTuple

from django.db import connection, models

from analytics.disclosure import OTHER
from analytics.keys import grouping_of
from analytics.models import CurrentSegment, PublishedSegment, Segment
from analytics.services.questions import SOURCE, Question
from analytics.services.scopes import Scope

# The number of the age group of what is merged.
_NO_AGE = -1

# Whole imports, without adding up their segments: of hundreds of imports that would take a second. All segments of an
# import have the same bit of the grouping by nothing, so any of them tells whether its total is shown.
_TOTALS = """
    SELECT import_id, residents, courses, buyers, false FROM analytics_importdemand AS demand
    WHERE residents > 0 AND import_id = ANY(%(imports)s)
"""
_VISIBLE_TOTALS = f"""{_TOTALS}
    AND (
        SELECT published & 1 FROM analytics_segment
        WHERE import_id = demand.import_id AND at_delivery = %(at_delivery)s LIMIT 1
    ) = 1
"""  # nosec B608 # joins constants alone; values are parameters


class Group(NamedTuple):
    """The counts of a group of residents.

    `keys`: their values in the order of the question's `group_by`. `import_id`: where the groups are those of one
    import each. `is_other`: segments are merged in it.
    """

    keys: tuple[str, ...]
    residents: int
    courses: int
    buyers: int
    is_other: bool
    import_id: int | None = None


def read_groups(question: Question, scope: Scope, *, restricted: bool, by_import: bool = False) -> list[Group]:
    """The groups that `question` asks for, in no order; only ones with residents.

    `restricted`: for callers who may not see residents. What they may know is decided for each import by itself and
    stored as bits of its segments: a segment whose cell of the filtered keys is not shown counts nowhere, one whose
    cell of the grouped and filtered keys is not shown counts as `other`. So an answer over several imports, towns, or
    other values of a filter is the sum of the answers over each.
    """
    by_import = by_import or SOURCE in question.group_by
    return [
        group
        for part in scope.by_scheme()
        for group in _labelled(_rows(question, part, restricted, by_import), question, part, by_import=by_import)
    ]


def _rows(question: Question, scope: Scope, restricted: bool, by_import: bool) -> list[tuple[Any, ...]]:
    if by_import and not question.keys and not question.filters:
        return _fetched(_VISIBLE_TOTALS if restricted else _TOTALS, _of_imports(scope))
    return _fetched(*_statement(question, scope, restricted, by_import))


def _fetched(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _of_imports(scope: Scope) -> dict[str, Any]:
    return {"imports": [found.import_id for found in scope.imports], "at_delivery": scope.at_delivery}


def _statement(question: Question, scope: Scope, restricted: bool, by_import: bool) -> tuple[str, dict[str, Any]]:
    conditions, values = _conditions(question, scope)
    named = f"published & {1 << grouping_of((*question.keys, *question.filters))} <> 0"
    if restricted:
        conditions.append(f"published & {1 << grouping_of(question.filters)} <> 0")
    # Where every grouped key is filtered, what is visible has its own name.
    merges = restricted and not set(question.keys) <= set(question.filters)
    columns = ["import_id"] if by_import else []
    columns += [_column(key, named if merges else None) for key in question.keys]
    sql = f"""
        SELECT {"".join(f"{column}, " for column in columns)}
            sum(residents)::bigint, sum(courses)::bigint, sum(buyers)::bigint,
            {f"NOT bool_and({named})" if merges else "false"}
        FROM {_table(scope, restricted)._meta.db_table}
        WHERE {" AND ".join(conditions or ["true"])}
        {"GROUP BY " if columns else ""}{", ".join(str(number + 1) for number in range(len(columns)))}
        HAVING sum(residents) > 0
    """  # nosec B608 # joins constants alone; values are parameters
    return sql, values


def _conditions(question: Question, scope: Scope) -> tuple[list[str], dict[str, Any]]:
    conditions, values = [], _of_imports(scope)
    for key, chosen in question.filters.items():
        conditions.append(f"{key} = ANY(%({key})s)")
        values[key] = _positions(chosen, scope) if key == "age_group" else list(chosen)
    if not scope.is_picture:
        conditions.append("import_id = ANY(%(imports)s) AND at_delivery = %(at_delivery)s")
    return conditions, values


def _positions(labels: tuple[str, ...], scope: Scope) -> list[int]:
    return [number for number, label in enumerate(scope.age_groups.labels) if label in labels]


def _column(key: str, named: str | None) -> str:
    if named is None:
        return key
    return f"CASE WHEN {named} THEN {key} ELSE {_NO_AGE if key == 'age_group' else repr(OTHER)} END"


def _table(scope: Scope, restricted: bool) -> type[models.Model]:
    if not scope.is_picture:
        return Segment
    return PublishedSegment if restricted else CurrentSegment


def _labelled(rows: list[tuple[Any, ...]], question: Question, scope: Scope, *, by_import: bool) -> list[Group]:
    """Rows with the names of their sources and age groups."""
    if not rows:
        return []
    columns: list[Any] = list(zip(*rows, strict=True))
    imports = columns.pop(0) if by_import else [None] * len(rows)
    # The number -1 of what is merged is the last one of the ages.
    names: dict[str, Any] = {
        SOURCE: {found.import_id: found.source for found in scope.imports},
        "age_group": (*scope.age_groups.labels, OTHER),
    }
    named = []
    for key in question.group_by:
        column = imports if key == SOURCE else columns.pop(0)
        named.append([names[key][value] for value in column] if key in names else column)
    keys = zip(*named, strict=True) if named else [()] * len(rows)
    return [Group(*row) for row in zip(keys, *columns, imports, strict=True)]
