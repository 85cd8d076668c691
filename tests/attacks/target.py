"""What is attacked: a product of one's own, started anew when it is dead, or one that runs already."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from config.embedded import layout
from config.embedded.clean import remove
from config.embedded.postgres import Postgres
from config.embedded.process import dying_with_parent, wait_until
from config.embedded.session import stop
from tests.attacks import probe
from tests.attacks.production import collect, environment
from tests.attacks.wire import Aim
from tests.load.memory import look

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".data" / "attacks"
LOG = FOLDER / "product.log"
START_SECONDS = 240
STOP_SECONDS = 15
# Front 1 + 1, web 1 + 2, health 1 + 1, urgent worker 1 + 1, general worker 1 + 2, beat, PostgreSQL, Redis.
PROCESSES = 15
# The same with two web services, each with its health beside it.
PROCESSES_OF_PRODUCTION = 20


# MiB by kind of process.
Memory = dict[str, float]


class Target:
    """A product at `aim`. This one was started by somebody else: it cannot be watched, frozen or started anew."""

    def __init__(self, aim: Aim) -> None:
        self.aim = aim
        # Fresh from its start: what it holds says nothing yet.
        self.is_cold = False
        self.is_dead = False

    def is_own(self) -> bool:
        """Whether it was started here."""
        return False

    def memory(self) -> Memory | None:
        """What its processes hold, without the pages of the database's shared buffers; None for unknown."""
        return None

    def configure(self, environment: Mapping[str, str]) -> None:
        """Goes on with these variables added to its own: starts anew where they differ, and where it is dead."""

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """PostgreSQL stands still."""
        yield


class Run(Target):
    """`make run` with its own settings, a data folder of its own and limits as they come."""

    scheme, module, processes = "http", "config.embedded.run", PROCESSES

    def __init__(self, port: int) -> None:
        super().__init__(Aim(f"{self.scheme}://127.0.0.1:{port}", manager="", viewer=""))
        self._port = port
        self._extra: dict[str, str] = {}
        self._supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it is ready. Raises RuntimeError when that takes too long."""
        with LOG.open("ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                preexec_fn=dying_with_parent(),  # noqa: PLW1509 - no other thread runs yet
            )
        if not wait_until(self._is_started, START_SECONDS):
            raise RuntimeError(f"The product did not get ready; {LOG} says why.")
        self.is_cold, self.is_dead = True, False

    def stop(self) -> None:
        """Ends it: in its own way, and what does not follow by force."""
        processes = self._processes()
        if self._supervisor is not None:
            self._supervisor.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._supervisor.wait(STOP_SECONDS)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=STOP_SECONDS)
        stop(layout(FOLDER))

    def is_own(self) -> bool:
        return True

    def memory(self) -> Memory | None:
        if self._supervisor is None or self._supervisor.poll() is not None:
            return None
        samples = look([psutil.Process(self._supervisor.pid)], 0)
        held: Memory = defaultdict(float)
        for each in samples:
            held[each.name] += each.private if each.name == "PostgreSQL" else each.pss
        return held

    def configure(self, environment: Mapping[str, str]) -> None:
        if self.is_dead or environment != self._extra:
            self.stop()
            self._extra = dict(environment)
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        number = Postgres(layout(FOLDER)).pid()
        server = psutil.Process(number) if number else None
        processes = [server, *server.children(recursive=True)] if server else []
        try:
            for process in processes:
                _send(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                _send(process, signal.SIGCONT)

    def issue_token(self, role: str) -> str:
        """A token of a program that has this role."""
        command = [sys.executable, "manage.py", "issue_token", f"attacks-{role.lower()}", "--role", role]
        told = {**self._environment(), **self._told()}
        output = subprocess.run(command, cwd=ROOT, env=told, check=True, stdout=subprocess.PIPE).stdout
        return output.decode().split()[-1]

    def _told(self) -> dict[str, str]:
        """What its programs are told beyond that."""
        return {}

    def _environment(self) -> dict[str, str]:
        own = {"DATA_DIR": str(FOLDER), "PORT": str(self._port), "HOST": "127.0.0.1"}
        return {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", **own, **self._extra}

    def _processes(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self._supervisor.pid).children(recursive=True) if self._supervisor is not None else []
        except psutil.NoSuchProcess:
            return []

    def _is_started(self) -> bool:
        if self._supervisor is None or self._supervisor.poll() is not None:
            raise RuntimeError(f"The product ended; {LOG} says why.")
        ready = asyncio.run(probe.probe(self.aim, "ready", probe.WELL["ready"]))
        return not ready.wrong and len(self._processes()) >= self.processes


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


class Production(Run):
    """Production's settings, two web services and its front with TLS, over PostgreSQL and Redis of its own."""

    scheme, module, processes = "https", "tests.attacks.production", PROCESSES_OF_PRODUCTION

    def start(self) -> None:
        collect()
        super().start()

    def _told(self) -> dict[str, str]:
        return environment(FOLDER)


def run(port: int) -> AbstractContextManager[Target]:
    """What `make run` starts, with tokens; everything is gone at the end, but for files in `FOLDER`."""
    return _started(Run(port))


def production(port: int) -> AbstractContextManager[Target]:
    """Two web services with production's settings behind their front, in the same way."""
    return _started(Production(port))


@contextmanager
def _started(target: Run) -> Iterator[Target]:
    remove(FOLDER)
    FOLDER.mkdir(parents=True, exist_ok=True)
    LOG.unlink(missing_ok=True)
    with ExitStack() as leaving:
        leaving.callback(remove, FOLDER)
        leaving.callback(target.stop)
        target.start()
        manager, viewer = (target.issue_token(role) for role in ("Managers", "Viewers"))
        target.aim = Aim(target.aim.url, manager, viewer)
        yield target
