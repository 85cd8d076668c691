"""Idempotency keys: a request that is sent again has the first answer, and is carried out once.

    with claimed(name):                          # raises Conflict while another request works under the key
        with transaction.atomic():
            …                                    # the work
            remember(Answer(…), …)               # in its transaction

The claim is a lock of the connection, and the answer is committed with the work. So a process that is killed leaves
either both or neither, and no key that is "running" for ever.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from config.common.background.single import single_run
from config.common.idempotency.models import IdempotencyKey
from config.common.problems import Conflict
from config.common.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status, the headers that belong to it, the body as JSON."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A first answer, and the hash of the request that it answered."""

    request_hash: str
    answer: Answer


def name_of(*, user: User, method: str, url: str, key: str) -> str:
    """The name under which an answer is kept: one user's key for one method and URL, its query included."""
    # None of the parts but the last can hold a line break.
    return hashlib.sha256(f"{user.pk}\n{method}\n{url}\n{key}".encode()).hexdigest()


@contextmanager
def claimed(name: str) -> Iterator[None]:
    """Nobody else works under `name` until the end of the block. Raises `Conflict` while somebody does."""
    with single_run(f"idempotency:{name}") as alone:
        if not alone:
            raise _running()
        yield


def find_answer(name: str) -> Remembered | None:
    """The first answer under `name`, unless it has expired. Call it under the claim."""
    row = IdempotencyKey.objects.filter(pk=name, expires_at__gt=timezone.now()).first()
    return Remembered(row.request_hash, Answer(row.status, row.headers, row.body)) if row else None


def remember(answer: Answer, *, name: str, user: User, request_hash: str) -> None:
    """Keeps the answer for `IDEMPOTENCY_KEY_LIFE`. Call it under the claim, in the transaction of the work.

    Raises `Conflict` where another request has answered after all, because the claim was lost with its connection:
    then the work must be rolled back.
    """
    now = timezone.now()
    IdempotencyKey.objects.filter(pk=name, expires_at__lte=now).delete()
    row = IdempotencyKey(
        name=name,
        user=user,
        request_hash=request_hash,
        status=answer.status,
        headers=dict(answer.headers),
        body=answer.body,
        expires_at=now + settings.IDEMPOTENCY_KEY_LIFE,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _running() from error


def forgettable(location: str) -> QuerySet[IdempotencyKey]:
    """The answers that tell where something is, as they say it in their `Location`."""
    return IdempotencyKey.objects.filter(headers__Location=location)


def forget_contents(location: str) -> None:
    """Takes off the answers about a thing what they say of it and of the request that made it.

    The keys stay taken: the same request again is refused, and does not bring the thing back.
    """
    forgettable(location).update(request_hash="", body="{}")


def _running() -> Conflict:
    return Conflict(_("A request with this Idempotency-Key is still running."), retry_after=1)
