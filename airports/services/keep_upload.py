"""Keeps a file of airports while somebody looks at what it would do."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from airports.csv.lines import ByteStream
from airports.models import KeptChunk, KeptUpload
from airports.services.preview_upload import every_difference, preview_upload
from airports.services.upload_airports import OnError, UploadResult, upload_airports
from config.common.db.disk import within_room
from config.common.problems import NotFound

_CHUNK = 1024 * 1024


@contextmanager
def _opened(upload: KeptUpload) -> Iterator[IO[bytes]]:
    """The kept file on the disk: while COPY reads it, the connection has no ear for another statement."""
    chunks = KeptChunk.objects.filter(upload=upload)
    with TemporaryFile() as file:
        number = 0
        while chunk := chunks.filter(number=number).values_list("content", flat=True).first():
            file.write(chunk)
            number += 1
        file.seek(0)
        yield file


def keep_upload(*, stream: ByteStream, name: str, on_error: OnError, actor: User) -> KeptUpload:
    """The file with its preview, in the place of the one that `actor` had kept before. Raises `NoSpace`."""
    with transaction.atomic():
        KeptUpload.objects.filter(kept_by=actor).delete()
        upload = KeptUpload.objects.create(name=name[:255], on_error=on_error, kept_by=actor)
        for number, chunk in enumerate(within_room(iter(partial(stream.read, _CHUNK), b""))):
            KeptChunk.objects.create(upload=upload, number=number, content=chunk)
    with _opened(upload) as file:
        upload.preview = preview_upload(stream=file, actor=actor, on_error=on_error)
    upload.save(update_fields=["preview"])
    return upload


def kept_upload(*, upload_id: int, actor: User) -> KeptUpload:
    """The file that `actor` keeps. Raises `NotFound`, also for somebody else's and where its time is over."""
    since = timezone.now() - settings.AIRPORT_UPLOADS_KEPT
    found = KeptUpload.objects.filter(pk=upload_id, kept_by=actor, created_at__gt=since).first()
    if found is None:
        raise NotFound("This file is not kept any more: it was taken in, cancelled, or followed by another.")
    return found


def take_upload(*, upload_id: int, actor: User) -> UploadResult:
    """Takes the kept file in, as the airports are by now, and forgets it.

    Raises `NotFound`, and what `upload_airports` raises; the file stays kept then.
    """
    upload = kept_upload(upload_id=upload_id, actor=actor)
    on_error: Any = upload.on_error
    with transaction.atomic(), _opened(upload) as file:
        result = upload_airports(stream=file, actor=actor, on_error=on_error)
        upload.delete()
    return result


def tell_differences(*, upload_id: int, actor: User, tell: Callable[[Iterable[dict[str, Any]]], None]) -> None:
    """Hands `tell` all that the kept file would change, as the airports are by now, each as `preview_upload` has them.

    Raises `NotFound`, and what `upload_airports` raises. Stores nothing.
    """
    upload = kept_upload(upload_id=upload_id, actor=actor)
    on_error: Any = upload.on_error
    with _opened(upload) as file:
        upload_airports(
            stream=file,
            actor=actor,
            on_error=on_error,
            dry_run=True,
            look=lambda cursor: tell(every_difference(cursor)),
        )


def forget_upload(*, upload_id: int, actor: User) -> None:
    """Removes the file. Raises `NotFound`."""
    kept_upload(upload_id=upload_id, actor=actor).delete()


def forget_old_uploads() -> int:
    """How many files went about which nobody decided within the setting `AIRPORT_UPLOADS_KEPT`."""
    due = KeptUpload.objects.filter(created_at__lte=timezone.now() - settings.AIRPORT_UPLOADS_KEPT)
    count = due.count()
    due.delete()
    return count
