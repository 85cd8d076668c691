"""The figures of all sizes for people: a table in `docs/scaling.md`, two plots beside it."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.scaling import Scale

_BEGIN, _END = "<!-- figures: written by make bench -->", "<!-- end of the figures -->"
_MIB = 2**20
_SECONDS: dict[str, tuple[str, Callable[[Scale], float]]] = {
    "POST as NDJSON": ("o-", lambda scale: scale.load / 1000),
    "psql \\copy": ("o--", lambda scale: scale.copy_in / 1000),
    "GET as JSON": ("s-", lambda scale: scale.read_json / 1000),
    "COPY row_to_json": ("s--", lambda scale: scale.copy_out / 1000),
}
_MEBIBYTES: dict[str, tuple[str, Callable[[Scale], float]]] = {
    "web server, loading": ("o-", lambda scale: scale.load_server / _MIB),
    "its database session": ("o--", lambda scale: scale.load_backend / _MIB),
    "web server, reading": ("s-", lambda scale: scale.read_server / _MIB),
    "its database session, reading": ("s--", lambda scale: scale.read_backend / _MIB),
}


def write(folder: Path, scales: Sequence[Scale]) -> None:
    """Replaces the figures in `scaling.md` and the plots. What people wrote around them stays."""
    page = folder / "scaling.md"
    before, _, rest = page.read_text().partition(_BEGIN)
    page.write_text(f"{before}{_BEGIN}\n\n{_table(scales)}\n\n{_END}{rest.partition(_END)[2]}")
    _plot(folder / "scaling-time.svg", scales, _SECONDS, unit="seconds")
    _plot(folder / "scaling-memory.svg", scales, _MEBIBYTES, unit="MiB")


def _table(scales: Sequence[Scale]) -> str:
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores. Seconds, ratios in parentheses, MiB.",
        "",
        "| residents | POST NDJSON | `\\copy` | a second | GET JSON | NDJSON | gzip | `COPY` | server + | session |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join(lines + [_line(scale) for scale in scales])


def _line(scale: Scale) -> str:
    cells = [
        f"{scale.citizens:,}",
        _ratio(scale.load, scale.copy_in),
        _seconds(scale.copy_in),
        f"{scale.citizens / scale.load * 1000:,.0f}",
        _ratio(scale.read_json, scale.copy_out),
        _ratio(scale.read_ndjson, scale.copy_out),
        _ratio(scale.read_gzip, scale.copy_out),
        _seconds(scale.copy_out),
        f"{max(scale.load_server, scale.read_server) / _MIB:.0f}",
        f"{max(scale.load_backend, scale.read_backend) / _MIB:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3g}"


def _ratio(ours: float, theirs: float) -> str:
    return f"{_seconds(ours)} ({ours / theirs:.2f})"


def _plot(
    path: Path, scales: Sequence[Scale], lines: dict[str, tuple[str, Callable[[Scale], float]]], *, unit: str
) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    # The same figures give the same file.
    mpl.rcParams["svg.hashsalt"] = "demanda"
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    sizes = [scale.citizens for scale in scales]
    # A logarithm has no zero.
    least = 0.001 if unit == "seconds" else 0.1
    for label, (style, value) in lines.items():
        axes.loglog(sizes, [max(value(scale), least) for scale in scales], style, label=label)
    axes.set_xlabel("residents")
    axes.set_ylabel(unit)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
