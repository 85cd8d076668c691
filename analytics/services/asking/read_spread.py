"""What the variance of the index of groups is made of, for those who may see residents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.arrays import Column, Ints, Numbers, combined
from analytics.dimensions import grouping_of
from analytics.intervals import Pairs
from analytics.services.asking.questions import Question
from analytics.services.fetch_columns import fetch_columns
from analytics.ties import OTHERS, REACHING, inside

# Columns beside the counts of groups; of pairs within a group the courses of both ends are the same sum.
SPREAD = ("squares", "pairs", "pair_courses", "pair_products")
_REACHING = ("pairs", "courses", "others", "products")
_SUM = "sum({name}::float8)::bigint"
_INSIDE = (
    f"{_SUM.format(name='pairs')} AS pairs, {_SUM.format(name='courses')} AS pair_courses, "
    f"{_SUM.format(name='products')} AS pair_products"
)
# A whole import has no squares of its own: they are those of the courses of all who are related, who rarely name
# themselves.
TOTALS = f"""
    SELECT demand.import_id, demand.residents, demand.courses, demand.buyers, 0 AS is_other,
        coalesce(reaching.courses, demand.courses) AS squares, coalesce(tie.pairs, 0) AS pairs,
        coalesce(tie.courses, 0) AS pair_courses, coalesce(tie.products, 0) AS pair_products
    FROM analytics_importdemand AS demand
    LEFT JOIN analytics_segmenttie AS tie
        ON tie.import_id = demand.import_id AND tie.at_delivery = %(at_delivery)s AND tie.agrees = 0
    LEFT JOIN analytics_segmenttie AS reaching
        ON reaching.import_id = demand.import_id AND reaching.at_delivery = %(at_delivery)s
        AND reaching.agrees = {REACHING}
    WHERE demand.residents > 0 AND demand.import_id = ANY(%(imports)s)
"""  # nosec B608 # joins constants alone; values are parameters


@dataclass(frozen=True, slots=True)
class Spread:
    """Of each group the squares of courses, and the pairs within it and of one of it and one of all groups."""

    squares: Numbers
    inside: Pairs
    reaching: Pairs

    @classmethod
    def joined(cls, parts: Sequence["Spread"]) -> "Spread":
        """Puts groups behind each other."""
        none = np.zeros(0)
        pairs = (
            Pairs(*(np.concatenate([none, *(getattr(one, name) for one in column)]) for name in Pairs.__slots__))
            for column in ([part.inside for part in parts], [part.reaching for part in parts])
        )
        return cls(np.concatenate([none, *(part.squares for part in parts)]), *pairs)


def with_ties(counted: str, *, ties: str, columns: Sequence[str], conditions: Sequence[str]) -> str:
    """Writes the statement that adds their pairs to groups which are `counted` by `columns`."""
    matched = f"USING ({', '.join(columns)})" if columns else "ON true"
    return f"""
        SELECT {"".join(f"{column}, " for column in columns)} residents, counted.courses, buyers, is_other, squares,
            coalesce(pairs, 0) AS pairs, coalesce(pair_courses, 0) AS pair_courses,
            coalesce(pair_products, 0) AS pair_products
        FROM ({counted}) AS counted LEFT JOIN (
            SELECT {"".join(f"{column}, " for column in columns)} {_INSIDE}
            FROM {ties} WHERE {" AND ".join([*conditions, "agrees = ANY(%(agrees)s)"])}
            {"GROUP BY" if columns else ""} {", ".join(columns)}
        ) AS tied {matched}
    """  # nosec B608 # joins names of columns alone; values are parameters


def read_spread(
    question: Question, *, columns: Mapping[str, Any], ties: str, conditions: Sequence[str], values: Any
) -> Spread:
    """Makes the spread of groups from their `columns`, as they were fetched, and reads how they reach others."""
    own = Pairs(
        *(columns[name].astype(np.float64) for name in ("pairs", "pair_courses", "pair_courses", "pair_products"))
    )
    by = _cells(question, columns)
    agrees = inside(tuple(question.filters)) if question.filters else [REACHING | grouping_of(by)]
    texts = {"channel", "gender"}
    named = "".join(f"{name}, " for name in by)
    sql = f"""
        SELECT {named} {", ".join(f"{_SUM.format(name=name)} AS {name}" for name in _REACHING)} FROM {ties}
        WHERE {" AND ".join([*conditions, "agrees = ANY(%(agrees)s)"])} {"GROUP BY" if by else ""} {", ".join(by)}
        HAVING count(*) > 0
    """  # nosec B608 # joins names of columns alone; values are parameters
    found = fetch_columns(sql, {**values, "agrees": agrees}, names=(*by, *_REACHING), texts=texts)
    return Spread(columns["squares"].astype(np.float64), own, _reaching(own, by, columns, found))


def _cells(question: Question, columns: Mapping[str, Any]) -> tuple[str, ...]:
    """Names the columns by which it is known how groups reach others: keys without a place, where nothing is filtered,
    and the import; what lies in the same cell shares it."""
    by_import = ("import_id",) if "import_id" in columns else ()
    return by_import if question.filters else (*by_import, *(key for key in OTHERS if key in question.keys))


def _reaching(own: Pairs, by: Sequence[str], columns: Mapping[str, Any], found: Mapping[str, Any]) -> Pairs:
    """Adds to the pairs within each group its part, by courses, of those in its cell that reach others."""
    courses = columns["courses"].astype(np.float64)
    known, every = len(found["pairs"]), len(found["pairs"]) + len(courses)
    numbers = combined([_numbers(found[name], columns[name]) for name in by], rows=every)
    of_cell, of_group, cells = numbers[:known], numbers[known:], int(numbers.max(initial=-1)) + 1
    share = courses / np.maximum(np.bincount(of_group, courses, cells), 1)[of_group]
    pairs = []
    for name, inner in zip(_REACHING, (getattr(own, slot) for slot in Pairs.__slots__), strict=True):
        beyond = np.bincount(of_cell, found[name], cells) - np.bincount(of_group, inner, cells)
        pairs.append(inner + share * beyond[of_group])
    return Pairs(*pairs)


def _numbers(*columns: Any) -> Ints:
    """Numbers the values of columns of the same name behind each other."""
    found: Ints = Column.joined(columns).numbers if isinstance(columns[0], Column) else np.concatenate(columns)
    return found
