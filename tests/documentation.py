"""Tables of docs/ that tests make: between a line that says so and the next empty one stand a header and its rows."""

from pathlib import Path

_DOCS = Path(__file__).resolve().parent.parent / "docs"
_MARK = "<!-- files: made by tests -->\n"
# The names of the columns, and the line under them.
_HEADER_LINES = 2


def shown(page: str) -> str:
    """The rows of the table that a page of docs/ shows."""
    return _parts(page)[1]


def rewrite(page: str, rows: str) -> None:
    """Puts these rows into the table."""
    before, _, after = _parts(page)
    (_DOCS / page).write_text(before + rows + after, encoding="utf-8")


def _parts(page: str) -> tuple[str, str, str]:
    before, mark, rest = (_DOCS / page).read_text(encoding="utf-8").partition(_MARK)
    lines = rest.splitlines(keepends=True)
    end = lines.index("\n") if "\n" in lines else len(lines)
    header = "".join(lines[:_HEADER_LINES])
    return before + mark + header, "".join(lines[_HEADER_LINES:end]), "".join(lines[end:])
