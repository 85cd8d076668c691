"""A real Kafka of one node on loopback, to be killed, frozen and started again."""

import base64
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from config.embedded.files import tail
from config.embedded.front import free_port
from config.embedded.process import dying_with_parent
from tests.kafka.jars import class_path

START_SECONDS = 90
STOP_SECONDS = 30

_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENT://127.0.0.1:{client},INTERNAL://127.0.0.1:{internal},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENT://127.0.0.1:{client},INTERNAL://127.0.0.1:{internal}
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
listener.security.protocol.map=CLIENT:{protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.retention.check.interval.ms=1000
log.segment.delete.delay.ms=100
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
"""


class Broker:
    """One in `folder`; `address` stays the same over restarts.

    Its clients speak `protocol` there; with SASL they are the `user` with a password, by SCRAM-SHA-512. `properties`
    are settings of the server's.
    """

    def __init__(
        self,
        folder: Path,
        *,
        protocol: str = "PLAINTEXT",
        user: tuple[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._log = folder / "kafka.log"
        self._file = folder / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None
        ports = {name: free_port() for name in ("client", "internal", "controller")}
        self.address = f"127.0.0.1:{ports['client']}"
        self._internal = f"127.0.0.1:{ports['internal']}"
        lines = _PROPERTIES.format(**ports, protocol=protocol, folder=folder)
        self._file.write_text(lines + "".join(f"{name}={value}\n" for name, value in (properties or {}).items()))
        self._java = [_java(), "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        self._java += ["-cp", class_path()]
        self._format(["--add-scram", "SCRAM-SHA-512=[name={},password={}]".format(*user)] if user else [])
        self.start()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The one that runs, or ran last."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Returns when it answers; AssertionError with the end of its log when it does not in time."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._java, "kafka.Kafka", str(self._file)],
                stdout=log,
                stderr=log,
                preexec_fn=dying_with_parent(),  # noqa: PLW1509 # made before the fork, two system calls in it
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.process.poll() is None, f"Kafka has ended:\n{tail(self._log, 40)}"
            assert time.monotonic() < deadline, f"Kafka does not answer:\n{tail(self._log, 40)}"

    def answers(self) -> bool:
        """Whether it tells of its topics."""
        client = AdminClient({"bootstrap.servers": self._internal, "log_level": 0})
        try:
            return bool(client.list_topics(timeout=1).brokers)
        except KafkaException:
            return False

    def kill(self) -> None:
        """SIGKILL: nothing is written any more."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def restart(self) -> None:
        """Kills it, and starts it on what it had written."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """It holds its connections and answers nobody, until `thaw`."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends it at last, whatever state it is in."""
        with suppress(ProcessLookupError):
            self.thaw()
        self.kill()

    def _format(self, more: list[str]) -> None:
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        command = [*self._java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._file), *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _java() -> str:
    found = shutil.which("java")
    assert found, "There is no Java: install one of 17 or later (Debian's default-jre-headless)."
    return found
