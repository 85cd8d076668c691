"""Which source a delivery is from: found by the fold of its name, also as an alias, and made where there is none."""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from config.common.problems import FieldError, Forbidden, InvalidInput
from config.common.spellings import fold
from config.common.texts import gettext as _
from imports.models import Import, Source, SourceSpelling
from imports.models.named import MAX_NAME

DEFAULT_SOURCE = "default"
MAY_CHANGE = "imports.change_source"
# Whoever removes or renames the source waits then, and others who name it do not.
_HOLD = """
    SELECT EXISTS (SELECT FROM imports_sourcespelling WHERE spelling = %s)
    FROM imports_source WHERE fold = %s FOR KEY SHARE
"""


class InvalidSource(InvalidInput):
    """What is given as the supplier's name is none."""

    def __init__(self) -> None:
        super().__init__(_("1 to 64 characters, at least one of them a letter or a digit, name a source."))


class UnknownSource(InvalidInput):
    """There is no source of this name, and deliveries may not make one."""

    def __init__(self) -> None:
        detail = _("There is no source of this name; somebody has to add it first.")
        super().__init__(detail, errors=[FieldError("?source", "unknown_source", detail)])


def is_name(text: str) -> bool:
    """Whether `text` may name a source or a channel: 1 to 64 characters with a letter or digit."""
    return 1 <= len(text) <= MAX_NAME and any(c.isalnum() for c in text) and "\0" not in text


def check_source(source: str) -> None:
    """Raises `InvalidSource` unless `source` is 1 to 64 characters with a letter or digit."""
    if not is_name(source):
        raise InvalidSource


def expect_source(source: str, *, actor: User | None) -> None:
    """Whoever delivers calls it first, and `name_source` when all else is done.

    Raises `InvalidSource`, `UnknownSource` for a new one where deliveries may make none, and `Forbidden` where others
    than `actor` load its deliveries.
    """
    check_source(source)
    uploaders = Source.uploaders.through.objects.filter(source=OuterRef("pk"))
    found = (
        Source.objects.filter(pk__in=Source.objects.ids_of([fold(source)]))
        .annotate(
            is_closed=Exists(uploaders),
            is_open_to_actor=Exists(uploaders.filter(user=actor)),
        )
        .values_list("is_closed", "is_open_to_actor")
        .first()
    )
    if found is None:
        if not settings.IMPORT_NEW_SOURCES:
            raise UnknownSource
        return
    is_closed, is_open_to_actor = found
    if is_closed and not is_open_to_actor and actor is not None and not actor.has_perm(MAY_CHANGE):
        raise Forbidden(_("Others load the deliveries of this source."))


def name_source(source: str) -> None:
    """Holds the source until the caller's transaction ends, and makes what is missing: it, and its name as it is
    written.

    Late in the transaction: whoever names the same new source waits for its end.
    """
    if _hold(source):
        return
    made = Source(name=source, fold=fold(source), first_name=source)
    found = None
    # Of two at the same moment the second one waits, and finds the row of the first; if that was deleted, its own.
    while found is None:
        Source.objects.bulk_create([made], ignore_conflicts=True)
        found = Source.objects.select_for_update(no_key=True).filter(fold=made.fold).first()
    SourceSpelling.objects.bulk_create([SourceSpelling(spelling=source, source=found)], ignore_conflicts=True)


def _hold(source: str) -> bool:
    """Whether it is there, written so, and held: not where it was removed or renamed while this waited."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [source, fold(source)])
        return bool(cursor.fetchone() == (True,))


def spellings_of(names: Collection[str]) -> set[str]:
    """How deliveries write the names of these sources, whichever of their names and aliases these are; themselves
    too."""
    found = SourceSpelling.objects.of(Source.objects.ids_of([*map(fold, names)]))
    return {*names, *found}


def last_complete_of(source: str, *, before: int | None = None) -> Import | None:
    """The newest complete delivery of the source that this is a name of: its part of the current picture. With
    `before` the one that the delivery of this number replaces."""
    found = Import.objects.complete_of(spellings_of([source]))
    return (found if before is None else found.filter(pk__lt=before)).first()


def first_names_of(sources: Collection[str]) -> dict[str, str]:
    """What the source that each of these is a name of was named first: it does not change with what it is called."""
    named = Source.objects.filter(fold__in=[*map(fold, sources)])
    found = dict(named.values_list("fold", Coalesce("alias_of__first_name", "first_name")))
    return {source: found.get(fold(source), source) for source in sources}


def own_first_name(source: str) -> str:
    """What this name was written as first, also while it is an alias of another."""
    spelled = SourceSpelling.objects.filter(pk=source)
    return spelled.values_list("source__first_name", flat=True).first() or source


def sources_open_to(actor: User) -> QuerySet[Source]:
    """The sources whose deliveries `actor` may load, by name."""
    found = Source.objects.things()
    if actor.has_perm(MAY_CHANGE):
        return found
    others = Exists(Source.uploaders.through.objects.filter(source=OuterRef("pk")))
    return found.filter(Q(uploaders=actor) | ~others).distinct()
