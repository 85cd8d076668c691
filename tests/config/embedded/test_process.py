import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config import env
from config.embedded.account import Account
from config.embedded.process import command_line, end, recorded, run, wait_until, working_in

MYSELF = Account(uid=os.geteuid(), gid=os.getegid())
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)
# A parent that starts a child which is to die with it, and says the child's number.
PARENT = """
import subprocess, sys, time
from config.embedded.process import dying_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=dying_with_parent(), start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "61.25"], cwd=tmp_path) as process:
        assert wait_until(lambda: command_line(process.pid) != "", 5)
        yield process
        process.kill()


def test_a_command_runs_in_a_session_of_its_own_with_an_environment_of_its_own() -> None:
    script = "import os; print(os.getsid(0) == os.getpid(), os.getcwd(), sorted(os.environ))"
    result = run([sys.executable, "-c", script], MYSELF)
    assert (result.returncode, result.stdout) == (0, "True / ['LC_ALL', 'PATH', 'TZ']\n")


def test_a_recorded_process_counts_if_its_command_line_bears_the_mark(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "pid").write_text(f"{sleeper.pid}\nmore lines\n")
    assert recorded(tmp_path / "pid", "61.25") == sleeper.pid
    assert recorded(tmp_path / "pid", "another mark") is None
    assert recorded(tmp_path / "missing", "61.25") is None
    (tmp_path / "pid").write_text("")
    assert recorded(tmp_path / "pid", "61.25") is None


def test_a_zombie_counts_as_dead(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    (tmp_path / "pid").write_text(str(sleeper.pid))
    os.kill(sleeper.pid, signal.SIGKILL)
    assert wait_until(lambda: psutil.Process(sleeper.pid).status() == psutil.STATUS_ZOMBIE, 5)
    assert command_line(sleeper.pid) == ""
    assert recorded(tmp_path / "pid", "61.25") is None


def test_the_processes_that_work_in_a_folder_are_found(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    assert working_in(tmp_path) == [sleeper.pid]
    assert working_in(tmp_path / "elsewhere") == []


def test_a_process_that_ignores_the_first_signal_is_ended_by_the_next() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert end(process.pid, (signal.SIGTERM, 0.1)) is False
        assert end(process.pid, (signal.SIGTERM, 0.1), (signal.SIGKILL, 5)) is True
    assert end(process.pid, (signal.SIGTERM, 0.1)) is True


def test_a_child_dies_with_a_parent_that_is_killed() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, cwd=env.ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert command_line(child) == "sleep 60 "
        parent.kill()
    assert wait_until(lambda: command_line(child) == "", 5)
