"""Takes a create in that the batch worker writes later."""

import time

from django.contrib.auth.models import User
from django.db import transaction

from airports.models import QueuedCreate
from config.common.background.publishing import enqueue
from config.common.background.single import once_every
from config.common.db.disk import expect_room
from config.common.problems import NotFound
from config.common.texts import gettext as _

DRAIN = "airports.drain_creates"
# How long nobody sends a message after one was sent, and a process does not ask whether one was. A message is taken up
# when both are over: it finds all that relied on it.
PAUSE_SECONDS = 0.5
# A message that nobody took for so long is forgotten: the sweep sends another.
DRAIN_EXPIRES = 20.0


def queue_create(*, body: bytes, actor: User) -> QueuedCreate:
    """The stored row of a JSON object that nobody has checked further. It is committed before anybody is told of it.

    Raises `NoSpace` when the reserve of the disk is touched: nothing else limits how many wait.
    """
    expect_room()
    queued: QueuedCreate = QueuedCreate.objects.create(body=body.decode(), asked_by=actor)
    transaction.on_commit(_wake.worker, robust=True)
    return queued


def visible_create(*, create_id: int, actor: User) -> QueuedCreate:
    """The create, for whoever asked for it and for those who see all of them. Raises `NotFound` for others."""
    found = QueuedCreate.objects.filter(pk=create_id).first()
    if found is None or (found.asked_by_id != actor.pk and not actor.has_perm("airports.view_queuedcreate")):
        raise NotFound(_("There is no such create."))
    return found


class _Wake:
    """Sends the worker a message for all that comes in a while, a thousand creates or one."""

    def __init__(self) -> None:
        self._not_before = 0.0

    def worker(self) -> None:
        """Asks this process's clock first, so that hardly any request of a flood asks the database."""
        now = time.monotonic()
        if now < self._not_before:
            return
        self._not_before = now + PAUSE_SECONDS
        if once_every(DRAIN, seconds=PAUSE_SECONDS):
            enqueue(DRAIN, delay=2 * PAUSE_SECONDS, expires=DRAIN_EXPIRES)


_wake = _Wake()
