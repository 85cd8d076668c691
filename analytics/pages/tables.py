"""The table behind a chart: the same figures as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.pages import words
from analytics.pages.filters import Filters
from analytics.services.asking.questions import Row

FIGURES = ("Residents", "Courses", "Buyers", "Courses per 100", "Index", "95 % interval")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and where it leads. `is_key`: it names its row. `is_number`: it is set to the right. `label`: its column,
    where a narrow page writes it beside the text."""

    text: str
    href: str = ""
    label: str = ""
    is_key: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Figures under a caption; `csv` has all of them, also where only the first are shown here."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    csv: str
    shown: str = ""


def demand_table(
    rows: Iterable[Row], keys: Sequence[str], filters: Filters, *, caption: str, csv: str, total: int | None = None
) -> Table:
    """Rows as the API answers them, by `keys`; each leads to the list behind it. `total`: how many there are in all."""
    cells = [demand_cells(row, keys, filters) for row in rows]
    columns = [*(words.COLUMNS[key] for key in keys), *FIGURES]
    shown = f"The first {words.count(len(cells))} of {words.count(total)}." if total and total > len(cells) else ""
    return Table(caption, columns, cells, csv, shown)


def demand_cells(row: Row, keys: Sequence[str], filters: Filters) -> list[Cell]:
    """The keys of a row and its figures."""
    href = filters.segment(row.keys)
    names = [Cell(words.key_label(row.keys[key], is_other=row.is_other), href, is_key=True) for key in keys]
    return [*names, *(Cell(text, label=name, is_number=True) for name, text in zip(FIGURES, figures(row), strict=True))]


def figures(row: Row) -> list[str]:
    """In the order of `FIGURES`."""
    return [
        words.count(row.residents),
        words.count(row.courses),
        words.count(row.buyers),
        words.decimal(row.courses_per_100),
        words.decimal(row.index),
        words.interval(row),
    ]
