"""Which import a reader or a corrector is let at, and what keeps them from it."""

from django.contrib.auth.models import User

from config.common.problems import Conflict, Gone, NotFound
from imports.models import Import

RETRY_AFTER_SECONDS = 5


def visible_import(*, import_id: int) -> Import:
    """The import for its status, whoever made it. Raises `NotFound`."""
    found = Import.objects.live().with_makers().filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found


def readable_import(*, import_id: int, actor: User) -> Import:
    """The complete import whose residents `actor` may see.

    Raises `NotFound` where there is none or it is another's, `Conflict` while it is not complete, `Gone` once its
    residents are erased.
    """
    found = Import.objects.whose_citizens_are_open_to(actor).filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    require_contents(found)
    return found


# The import of a statement's own snapshot. A deletion marks the import first and removes its rows afterwards: a
# statement sees all of its rows or, with the mark, none.
READABLE_IMPORT = "(SELECT id FROM imports_import WHERE id = %s AND deleted_at IS NULL AND status = 'complete')"


def require_still_readable(*, import_id: int) -> None:
    """To be called where a statement found nothing, or after a stream's snapshot was taken.

    Raises as `readable_import` does.
    """
    found = Import.objects.live().filter(pk=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    require_contents(found)


def require_contents(found: Import) -> None:
    """Raises `Gone` for an erased import and `Conflict` for one that is not complete."""
    if found.status == Import.Status.ERASED:
        raise Gone("The residents of this import were erased.")
    if found.status != Import.Status.COMPLETE:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise Conflict(f"This import is {found.get_status_display().lower()}, not complete.", headers=headers)
