"""Keeps a file of airports while somebody looks at what it would do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from airports.csv.lines import ByteStream
from airports.csv.reading import FirstRows, Head, Reading, first_rows, guessed_columns
from airports.csv.rejections import AllRejections
from airports.fields import NAMES
from airports.models import KeptChunk, KeptUpload
from airports.services.preview_upload import every_difference, preview_upload
from airports.services.upload_airports import OnError, UploadResult, upload_airports
from airports.services.wrong_airports import summary_of, wrong_table
from config.common.db.disk import within_room
from config.common.problems import InvalidInput, NotFound, TooLarge
from config.common.texts import gettext as _
from config.common.texts import stored
from config.common.wizard.services.columns import known_columns, remember_columns

_CHUNK = 1024 * 1024
KIND = "airports"
# The first rows, for whoever says what the columns are.
ROWS = 10
_NO_ROWS = FirstRows([], is_workbook=False, delimiter="")


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
        first = _first_rows(file)
        head = first.head()
        known = known_columns(kind=KIND, source="", names=head.names) if head.has_header and head.names else None
        reading = Reading(known or guessed_columns(head), head.has_header)
        _preview(upload, file, reading, first, actor)
    return upload


def read_upload(*, upload_id: int, actor: User, reading: Reading, on_error: OnError) -> KeptUpload:
    """Reads the kept file otherwise, with another preview; what its columns are is remembered. Raises `NotFound`."""
    upload = kept_upload(upload_id=upload_id, actor=actor)
    upload.on_error = on_error
    with _opened(upload) as file:
        _preview(upload, file, reading, _kept_rows(upload), actor)
    head = head_of(upload, has_header=reading.has_header)
    if head.has_header and not missing(reading):
        remember_columns(kind=KIND, source="", names=head.names, columns=reading.columns)
    return upload


def reading_of(upload: KeptUpload) -> Reading:
    """How the kept file is read."""
    return Reading(**upload.reading)


def head_of(upload: KeptUpload, *, has_header: bool) -> Head:
    """The first rows of the kept file; of what is no table there are none."""
    return _kept_rows(upload).head(has_header=has_header)


def _kept_rows(upload: KeptUpload) -> FirstRows:
    # The former release, which may still run, keeps none.
    return FirstRows(**upload.preview.get("first", _NO_ROWS._asdict()))


def missing(reading: Reading) -> list[str]:
    """The fields without a column: an airport is written as a whole, so each has to have one, if an empty one."""
    return [name for name in NAMES if name not in reading.columns]


def _preview(upload: KeptUpload, file: IO[bytes], reading: Reading, first: FirstRows, actor: User) -> None:
    on_error: Any = upload.on_error
    rejections = AllRejections()
    file.seek(0)
    if reading.columns and missing(reading):
        told = _("No column is said to be %(fields)s: say what the columns are.")
        refusal = stored(told % {"fields": ", ".join(missing(reading))})
        preview: dict[str, Any] = {"refusal": refusal, "errors": [], "more_errors": 0, "differences": []}
    else:
        preview = preview_upload(stream=file, actor=actor, on_error=on_error, reading=reading, rejections=rejections)
    if rejections.by_line:
        preview["wrong"] = summary_of(file, rejections, reading, first.head(has_header=reading.has_header))
    upload.preview, upload.reading = preview | {"first": first._asdict()}, reading._asdict()
    upload.save(update_fields=["preview", "reading", "on_error"])


def _first_rows(file: IO[bytes]) -> FirstRows:
    try:
        return first_rows(file, count=ROWS)
    except (InvalidInput, TooLarge):
        # Whoever reads it says what is wrong.
        return _NO_ROWS


def kept_upload(*, upload_id: int, actor: User) -> KeptUpload:
    """The file that `actor` keeps. Raises `NotFound`, also for somebody else's and where its time is over."""
    since = timezone.now() - settings.AIRPORT_UPLOADS_KEPT
    found = KeptUpload.objects.filter(pk=upload_id, kept_by=actor, created_at__gt=since).first()
    if found is None:
        raise NotFound(_("This file is not kept any more: it was taken in, cancelled, or followed by another."))
    return found


def take_upload(*, upload_id: int, actor: User) -> UploadResult:
    """Takes the kept file in, as the airports are by now, and forgets it.

    Raises `NotFound`, and what `upload_airports` raises; the file stays kept then.
    """
    upload = kept_upload(upload_id=upload_id, actor=actor)
    on_error: Any = upload.on_error
    with transaction.atomic(), _opened(upload) as file:
        result = upload_airports(stream=file, actor=actor, on_error=on_error, reading=reading_of(upload))
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
            reading=reading_of(upload),
            look=lambda cursor: tell(every_difference(cursor)),
        )


def tell_wrong_rows(*, upload_id: int, actor: User, tell: Callable[[Sequence[str], Iterator[list[str]]], None]) -> None:
    """Hands `tell` the header and all wrong rows of the kept file with the reasons, as the airports are by now.

    Raises `NotFound`, and what `upload_airports` raises but for wrong rows. Stores nothing.
    """
    upload, rejections = kept_upload(upload_id=upload_id, actor=actor), AllRejections()
    reading = reading_of(upload)
    with _opened(upload) as file:
        upload_airports(stream=file, actor=actor, on_error="skip", dry_run=True, reading=reading, rejections=rejections)
        tell(*wrong_table(file, rejections, head_of(upload, has_header=reading.has_header)))


def forget_upload(*, upload_id: int, actor: User) -> None:
    """Removes the file. Raises `NotFound`."""
    kept_upload(upload_id=upload_id, actor=actor).delete()


def forget_old_uploads() -> int:
    """How many files went about which nobody decided within the setting `AIRPORT_UPLOADS_KEPT`."""
    due = KeptUpload.objects.filter(created_at__lte=timezone.now() - settings.AIRPORT_UPLOADS_KEPT)
    count = due.count()
    due.delete()
    return count
