"""Cells of CSV that PostgreSQL writes, as `config.common.http.tables` does: Python takes several times as long."""

from config.common.tabular.guards import RUNNABLE

_RUNNABLE = RUNNABLE.replace("'", "''")


def csv_cell(text: str) -> str:
    """SQL of the cell that the SQL `text`, which stands in it several times, is: guarded, and quoted where needed."""
    guarded = f"CASE WHEN {text} ~ '^{_RUNNABLE}' THEN '''' || {text} ELSE {text} END"
    quoted = f"""'"' || replace({guarded}, '"', '""') || '"'"""
    return f"""CASE WHEN {text} ~ '[",\\r\\n]' THEN {quoted} ELSE {guarded} END"""
