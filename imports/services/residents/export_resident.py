"""Everything that is stored of one person in one delivery, as one document: the answer to a request for access."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from config.common.idempotency.answers import forgettable
from config.common.privacy.models import ReadAudit
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Forbidden
from config.common.texts import gettext as _
from imports.fields import LISTS, NAMES
from imports.models import Citizen, Correction, Import
from imports.querysets import MAY_ERASE, SEE_ALL
from imports.services.access import NoSuchResident, require_contents, visible_delivery

Document = dict[str, Any]
_ABOUT_READS = ("at", "username", "via", "what", "format", "citizen_id", "request_id", "address")


def require_may_handle(actor: User | None) -> None:
    """For Managers, and whoever runs the server's commands (None). Raises `Forbidden`."""
    if actor is not None and not (actor.has_perm(SEE_ALL) and actor.has_perm(MAY_ERASE)):
        raise Forbidden(_("Only managers may export or erase everything of a resident."))


def export_resident(*, import_id: int, citizen_id: int, actor: User | None, reader: Reader) -> Document:
    """What is stored of the resident. The export is written down first, and is in it.

    Raises `Forbidden`, `NotFound`, `Conflict` or `Gone` for a delivery without contents, and `Unavailable`.
    """
    require_may_handle(actor)
    found = visible_delivery(import_id=import_id)
    require_contents(found)
    if not Citizen.objects.of(import_id).filter(citizen_id=citizen_id).exists():
        raise NoSuchResident
    record_read(reader=reader, what=What.EXPORTED, residents=[(import_id, citizen_id)], form="json")
    return _document(found, citizen_id)


@transaction.atomic
def _document(found: Import, citizen_id: int) -> Document:
    with_body = found.body_size is not None
    return {
        "import": {
            "import_id": found.pk,
            "source": found.source,
            "delivered_at": _text(found.created_at),
            "raw_body": "kept: it holds the delivery as it was sent, this resident too" if with_body else "not kept",
            "answers_for_an_idempotency_key": forgettable(found.get_absolute_url()).count(),
        },
        "resident": _resident(found.pk, citizen_id),
        "named_by": _named_by(found.pk, citizen_id),
        "corrections": [_correction(row) for row in Correction.objects.about(found.pk, citizen_id)],
        "named_in_corrections_of": [row.citizen_id for row in Correction.objects.naming(found.pk, citizen_id)],
        "review_samples": _samples(found, citizen_id),
        "reads": _reads(found.pk, citizen_id),
    }


def _resident(import_id: int, citizen_id: int) -> Document:
    row = Citizen.objects.of(import_id).filter(citizen_id=citizen_id).values(*NAMES).first()
    if row is None:
        raise NoSuchResident
    return {name: _text(value) for name, value in row.items()}


def _named_by(import_id: int, citizen_id: int) -> list[Document]:
    """Relations are symmetric; asked of the others' rows, so that nobody has to believe it."""
    return [
        {"citizen_id": other, "as": field.removesuffix("s")}
        for field in LISTS
        for other in Citizen.objects.of(import_id)
        .filter(**{f"{field}__contains": [citizen_id]})
        .order_by("citizen_id")
        .values_list("citizen_id", flat=True)
    ]


def _correction(row: Correction) -> Document:
    who = row.corrected_by.get_username() if row.corrected_by else None
    return {"corrected_at": _text(row.corrected_at), "corrected_by": who, "changes": row.changes}


def _samples(found: Import, citizen_id: int) -> list[Document]:
    """Reads what deliveries that were compared with this one, and wait for approval, would change of the resident."""
    rows = Import.objects.live().compared_with(found.pk).exclude(differences=[]).order_by("pk")
    return [
        {"import_id": row.pk, **sample}
        for row in rows
        for sample in row.differences
        if sample.get("citizen_id") == citizen_id
    ]


def _reads(import_id: int, citizen_id: int) -> list[Document]:
    """Lists the reads of the resident, and those of the whole delivery."""
    rows = ReadAudit.objects.filter(Q(citizen_id=citizen_id) | Q(citizen_id=None), import_id=import_id)
    return [{name: _text(value) for name, value in row.items()} for row in rows.order_by("id").values(*_ABOUT_READS)]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
