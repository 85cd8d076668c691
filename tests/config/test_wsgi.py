"""What the web server loads before it forks."""

from tests.config.test_settings import CONFIGURED, run


def test_what_ranks_the_demand_is_loaded_before_the_first_question() -> None:
    # Static files are collected by the image, not here.
    look = ("-W", "ignore:No directory at", "-c", "import sys, config.wsgi; print('scipy.special' in sys.modules)")
    done = run(*look, **CONFIGURED)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
