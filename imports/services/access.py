"""Which delivery a reader or a corrector is let at, and what keeps them from it."""

from django.contrib.auth.models import User

from config.common.problems import Conflict, Gone, NotFound
from imports.models import Citizen, Import


class NoSuchDelivery(NotFound):
    """There is none of this number, or none that the actor may know of."""

    def __init__(self) -> None:
        super().__init__("There is no such delivery.")


class NoSuchResident(NotFound):
    """There is none of this number in the delivery."""

    def __init__(self) -> None:
        super().__init__("There is no such resident in this delivery.")


class NotComplete(Conflict):
    """The delivery has no contents to read yet; it may have some soon."""

    retry_after = 5


def visible_delivery(*, import_id: int) -> Import:
    """The delivery for its status, whoever made it. Raises `NoSuchDelivery`."""
    found = Import.objects.live().with_makers().filter(pk=import_id).first()
    if found is None:
        raise NoSuchDelivery
    return found


def is_open_to(actor: User | None, found: Import) -> bool:
    """Whether `actor` may see the residents of the delivery; whoever runs a command, None, may."""
    return actor is None or Import.objects.whose_citizens_are_open_to(actor).filter(pk=found.pk).exists()


def readable_delivery(*, import_id: int, actor: User) -> Import:
    """The complete delivery whose residents `actor` may see.

    Raises `NoSuchDelivery` also for another's, `NotComplete`, and `Gone` once its residents are erased.
    """
    found = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id).first()
    if found is None:
        raise NoSuchDelivery
    require_contents(found)
    return found


def readable_resident(*, import_id: int, citizen_id: int, actor: User) -> Citizen:
    """The resident of a complete delivery whose residents `actor` may see. Raises as `readable_delivery` does, and
    `NoSuchResident`."""
    opened = Import.objects.whose_citizens_are_open_to(actor).filter(status=Import.Status.COMPLETE)
    found = Citizen.objects.of(import_id).filter(citizen_id=citizen_id, delivery__in=opened).first()
    if found is None:
        readable_delivery(import_id=import_id, actor=actor)
        raise NoSuchResident
    return found


# The delivery of a statement's own snapshot. A deletion marks the delivery first and removes its rows afterwards: a
# statement sees all of its rows or, with the mark, none.
READABLE_DELIVERY = "(SELECT id FROM imports_import WHERE id = %s AND deleted_at IS NULL AND status = 'complete')"


def require_still_readable(*, import_id: int) -> None:
    """Raises as `readable_delivery` does: for where a statement found nothing, or a stream's snapshot was taken."""
    require_contents(visible_delivery(import_id=import_id))


def require_contents(found: Import) -> None:
    """Raises `Gone` for an erased delivery and `NotComplete` for one that is not complete."""
    if found.status == Import.Status.ERASED:
        raise Gone("The residents of this delivery were erased.")
    if found.status != Import.Status.COMPLETE:
        raise NotComplete(f"This delivery is {found.get_status_display().lower()}, not complete.")
