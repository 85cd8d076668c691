"""Tables to fill in, as workbooks: the columns, an example, and a sheet that explains them."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

_WIDTHS = (22, 12, 60, 28, 60)
_TEXT = "@"


def write_template(
    file: IO[bytes],
    *,
    title: str,
    header: Sequence[str],
    examples: Iterable[Sequence[Any]],
    advice: Iterable[str],
    explained: Iterable[Sequence[str]],
) -> None:
    """Writes the sheet `title` with a header and examples, then one with `advice`, a line each, and `explained`: of
    each column its name, whether it is needed, what stands in it, an example, and what else it may be called."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in (header, *examples):
        sheet.append(row)
    for column in sheet.columns:
        # What looks like a number or a date stays as somebody types it.
        for cell in column:
            cell.number_format = _TEXT
        sheet.column_dimensions[column[0].column_letter].width = 18
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    _explain(book, advice, explained)
    book.save(file)


def _explain(book: Workbook, advice: Iterable[str], explained: Iterable[Sequence[str]]) -> None:
    sheet = book.create_sheet("How to fill it in")
    for line in advice:
        sheet.append([line])
    sheet.append([])
    sheet.append(["Column", "Needed", "What stands in it", "Example", "May also be called"])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for row in explained:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
