"""The watchdog of a web server: frees the threads that wait for a PostgreSQL that does not answer any more."""

import time
from collections.abc import Callable
from threading import Lock, Thread

import structlog

from config.common.db.in_flight import InFlight
from config.common.db.liveness import PATIENCE_SECONDS, Asker, Liveness, SharedQuestion

# A wait of this length is a reason to ask. With two times the patience it makes six seconds until a caller is told.
OVERDUE_SECONDS = 2.0
_TICK_SECONDS = 0.5
_ANSWER_SECONDS = 2 * PATIENCE_SECONDS + 0.5
# Renewed with each question that is not answered; longer than from one to the next.
_REFUSE_SECONDS = 2 * _ANSWER_SECONDS

logger = structlog.get_logger(__name__)


class Watchdog:
    """Asks the server whether it answers when a wait takes long.

    If it does, the statement is merely slow, and is left alone. If not, everything that has waited since before the
    question is cut off, and until the server answers new waits are refused: a crowd of callers need not try one by one.
    """

    def __init__(self, in_flight: InFlight, ask: Callable[[], Liveness]) -> None:
        self._in_flight = in_flight
        self._question = SharedQuestion(ask)
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Starts the thread unless it runs. In the process that serves: a thread does not survive a fork."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="database-watchdog", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        # While all is well: later a connection may not be had.
        self._ask()
        while True:
            time.sleep(_TICK_SECONDS)
            try:
                self.look()
            except Exception:
                # Refusals expire by themselves.
                logger.exception("database_watchdog_failed")

    def look(self) -> None:
        """Asks where there is a reason to, and draws the conclusion."""
        was_refusing = self._in_flight.is_refusing()
        if not was_refusing and self._in_flight.longest() < OVERDUE_SECONDS:
            return
        asked_at = time.monotonic()
        liveness = self._ask()
        if liveness is Liveness.ANSWERS:
            self._in_flight.refuse(seconds=0)
            if was_refusing:
                logger.warning("database_answers_again")
        elif liveness is Liveness.SILENT or was_refusing:
            self._in_flight.refuse(seconds=_REFUSE_SECONDS)
        if liveness is Liveness.SILENT:
            cut = self._in_flight.cut(begun_before=asked_at)
            if cut or not was_refusing:
                logger.error("database_silent", cut=cut)

    def _ask(self) -> Liveness:
        try:
            return self._question.answer(within=_ANSWER_SECONDS)
        except TimeoutError:
            return Liveness.SILENT


IN_FLIGHT = InFlight()
WATCHDOG = Watchdog(IN_FLIGHT, Asker().ask)
