"""The top of a flame graph."""

from tests.load.profiling import top

STACKS = """\
process 1;run (base.py:1);handle (gthread.py:2);view (a.py:3) 6
process 1;run (base.py:1);handle (gthread.py:2);view (a.py:4) 2
process 1;run (base.py:1);handle (gthread.py:2) 2
process 1;run (base.py:1);select (selectors.py:9) 90
"""


def test_the_top_counts_functions_and_leaves_out_who_waits() -> None:
    own, whole = top(STACKS).split("With what they call:\n")
    assert own.splitlines() == ["In themselves:", "  80.0%  view (a.py)", "  20.0%  handle (gthread.py)"]
    assert " 100.0%  handle (gthread.py)" in whole.splitlines()
    assert "select" not in own + whole
