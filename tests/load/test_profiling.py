"""The top of a flame graph."""

from tests.load.profiling import top

REQUEST = "process 1;ThreadWorker.handle_request (gunicorn/workers/gthread.py:44);handle (gthread.py:2)"
STACKS = f"""\
{REQUEST};list (airports/a.py:3);execute (django/db.py:1) 6
{REQUEST};list (airports/a.py:4) 2
{REQUEST};CorsMiddleware.__call__ (config/common/http/middleware.py:1) 2
process 1;select (selectors.py:9) 90
"""


def test_the_top_counts_functions_and_leaves_out_who_waits() -> None:
    own, whole = top(STACKS).split("\nOur own, with what they call:\n")
    assert own.splitlines() == [
        "In themselves:",
        "  60.0%  execute (django/db.py)",
        "  20.0%  list (airports/a.py)",
        "  20.0%  CorsMiddleware.__call__ (config/common/http/middleware.py)",
    ]
    assert whole == "  80.0%  list (airports/a.py)"
