"""`python -m config.embedded.run`, behind `make run`: services, demo, web server, front, workers; their end in order.

With `--reload`, behind `make dev`, each of them starts again when the code changes.
"""

import shlex
import signal
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NoReturn

from config import env, metrics_folder
from config.embedded.children import Server, run_to_end, stop_all
from config.embedded.disk import telling_of_a_full_disk
from config.embedded.errors import EmbeddedError, say
from config.embedded.front import WEB_SERVERS, web_servers
from config.embedded.process import adopt_orphans
from config.embedded.session import Session, ensure
from config.embedded.web import wait_until_alive, wait_until_free

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_SECONDS = 0.5
# Two workers, one of them for urgent work alone: people do not wait behind a long import.
CELERY = ["-m", "celery", "-A", "config.celery"]
# They have nothing to say to each other.
WORKER = ["worker", "--without-gossip", "--without-mingle"]
URGENT = [*WORKER, "-n", "urgent@%h", "-Q", "urgent", "--concurrency=1"]
GENERAL = [*WORKER, "-n", "general@%h", "-Q", "default,bulk,urgent", "--concurrency=2"]
BEAT = ["beat", "--pidfile="]
# Where there is a Kafka: who reads deliveries from it, and who sends events to it.
KAFKA = ("consume", "relay")
# SIGTERM means: finish what can be finished in CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT, give the rest back.
SOFT_STOP = {"REMAP_SIGTERM": "SIGQUIT"}
# Web server and workers count together, so /metrics tells of all of them.
METRICS = {metrics_folder.VARIABLE: env.METRICS_DIR or str(env.DATA_DIR / "metrics")}
CODE = ("config", "airports", "imports", "analytics")
NO_BACKGROUND = (
    "There is no Redis, so nothing runs in the background: no deliveries for later, no schedules, no mail. What is "
    "asked for waits for the next start with one: apt-get install redis-server, or REDIS_URL=redis://…"
)


class Stopped(BaseException):
    """Somebody asked for the end, by Ctrl-C or a signal."""


def servers(folder: Path, *, reload: bool, background: bool = True) -> list[Server]:
    """What runs beside the services, in the order of starting and of stopping: first who takes new work.

    `folder` holds the sockets between the web servers and their front. Without `background` there is no Redis.
    """
    python = partial(_python, reload=reload)
    web = web_servers(folder, host=env.HOST, port=env.PORT, python=python, environment=METRICS)
    quiet = ["--loglevel", "WARNING"]
    commands = [
        ("urgent worker", [*CELERY, "--quiet", *URGENT, *quiet]),
        ("general worker", [*CELERY, "--quiet", *GENERAL, *quiet]),
        ("beat", [*CELERY, "--quiet", *BEAT, *quiet]),
        *((name, ["manage.py", name]) for name in (KAFKA if env.KAFKA_BOOTSTRAP_SERVERS else ())),
    ]
    return [
        *web,
        *(
            Server(
                name=name,
                command=python(command),
                stop_seconds=5,
                environment={**SOFT_STOP, **METRICS},
                replaceable=True,
            )
            for name, command in (commands if background else ())
        ),
    ]


def _python(arguments: list[str], *, reload: bool) -> list[str]:
    command = [sys.executable, *arguments]
    if not reload:
        return command
    # Sends SIGINT, waits, starts again.
    watch = [sys.executable, "-m", "watchfiles", "--filter", "python", "--sigint-timeout", "5"]
    return [*watch, "--target-type", "command", shlex.join(command), *CODE]


def serve(*, reload: bool = False) -> None:
    """Start everything, show the welcome, and hold it until `Stopped`.

    Raises EmbeddedError when something fails or ends by itself.
    """
    wait_until_free(env.HOST, env.PORT)
    metrics_folder.clear(Path(METRICS[metrics_folder.VARIABLE]))
    session = ensure(env.DATA_DIR, postgres=env.DATABASE_URL is None, redis=env.REDIS_URL is None)
    with ExitStack() as leaving:
        leaving.callback(session.close)
        folder = Path(leaving.enter_context(TemporaryDirectory(prefix="demanda-front-", dir=env.DATA_DIR)))
        # Without it they would do nothing but look for it.
        background = session.redis or env.REDIS_URL is not None
        running = servers(folder, reload=reload, background=background)
        welcome = run_to_end("config.embedded.prepare")
        # The stack unwinds from the last: the services stay up until the rest has stopped.
        leaving.callback(stop_all, running)
        leaving.callback(say, "stopping …")
        # What answers first: on a small machine the others would keep it from answering soon.
        first, others = running[:WEB_SERVERS], running[WEB_SERVERS:]
        for server in first:
            server.start()
        wait_until_alive(env.HOST, env.PORT, name=_own_name(), check=partial(_check, first))
        for server in others:
            server.start()
        print(welcome, flush=True)
        if not background:
            say(NO_BACKGROUND)
        _hold(session, running)


def _check(running: list[Server]) -> None:
    for server in running:
        server.check()


def _own_name() -> str:
    """A host name that the product answers to: the first allowed one that is no pattern."""
    return next((name for name in env.ALLOWED_HOSTS if not name.startswith(("*", "."))), "localhost")


def _hold(session: Session, running: list[Server]) -> NoReturn:
    while True:
        _check(running)
        session.repair()
        time.sleep(LOOK_SECONDS)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # Once is enough: a second Ctrl-C must not interrupt the stopping.
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    """The exit code: 0 after a stop that was asked for, 1 after a failure."""
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    adopt_orphans()
    try:
        with telling_of_a_full_disk(env.DATA_DIR):
            serve(reload="--reload" in sys.argv[1:])
    except Stopped:
        return 0
    except EmbeddedError as error:
        say(str(error))
    return 1


if __name__ == "__main__":
    sys.exit(main())
