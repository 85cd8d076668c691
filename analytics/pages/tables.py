"""Makes the table behind a chart: its numbers as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from analytics.pages import labels
from analytics.pages.filters import Downloads, Filters
from analytics.services.asking.questions import Row

MEASURE_LABELS = (
    _("Residents"), _("Courses"), _("Buyers"), _("Courses per 100"), _("Index"), _("95 % interval"),
)  # fmt: skip


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
    """Rows under a caption; `downloads` have all of them, also where only the first stand here, as `note` says then."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    downloads: Downloads
    note: str = ""

    @property
    def headings(self) -> list[tuple[str, bool]]:
        """Each column, and whether there are numbers below it, which stand to the right."""
        numbers = [cell.is_number for cell in self.rows[0]] if self.rows else [False] * len(self.columns)
        return list(zip(self.columns, numbers, strict=True))


def demand_table(
    rows: Iterable[Row],
    keys: Sequence[str],
    filters: Filters,
    *,
    caption: str,
    downloads: Downloads,
    total: int | None = None,
) -> Table:
    """Writes rows by `keys`; each leads to the page of its segment. `total`: how many there are in all."""
    cells = [demand_cells(row, keys, filters) for row in rows]
    columns = [*(str(labels.DIMENSION_LABELS[key]) for key in keys), *map(str, MEASURE_LABELS)]
    return Table(caption, columns, cells, downloads, labels.first_of(len(cells), total or 0))


def demand_cells(row: Row, keys: Sequence[str], filters: Filters) -> list[Cell]:
    """Writes the keys of a row and its measures, a cell each."""
    # Who is merged has no page of their own.
    href = "" if row.is_other else filters.segment(row.keys)
    names = [Cell(_named(row, key), href, is_key=True) for key in keys]
    return [
        *names,
        *(
            Cell(text, label=str(name), is_number=True)
            for name, text in zip(MEASURE_LABELS, measure_texts(row), strict=True)
        ),
    ]


def _named(row: Row, key: str) -> str:
    if key == "city":
        return labels.city_label(row)
    return labels.key_label(row.keys[key], is_other=row.is_other)


def measure_texts(row: Row) -> list[str]:
    """Writes the measures of a row, in the order of `MEASURE_LABELS`."""
    return [
        labels.count(row.residents),
        labels.count(row.courses),
        labels.count(row.buyers),
        labels.decimal(row.courses_per_100),
        labels.decimal(row.index),
        labels.interval(row),
    ]
