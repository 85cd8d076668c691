"""Sources and channels as people read them."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports.models import Import, Named, Source, SourceSpelling
from imports.services.naming.resolve_source import sources_open_to


def has_deliveries(source: Source) -> bool:
    """Whether any delivery was sent under the names of the source itself, its aliases left out."""
    return Import.objects.filter(source__in=source.spellings.values("pk")).exists()


def named_for_reading(model: type[Named]) -> Any:
    """The things by name, with their aliases; sources with `uploaders` and `current_import`, an id or None."""
    if model is not Source:
        return model.objects.things().with_aliases()
    spellings = SourceSpelling.objects.of(OuterRef(OuterRef("pk")))
    last = Import.objects.complete_of(spellings).values("pk")[:1]
    return Source.objects.things().with_aliases().prefetch_related("uploaders").annotate(current_import=Subquery(last))


def source_choices(actor: User) -> list[tuple[str, str]]:
    """The names of the sources whose deliveries `actor` may load, and what a delivery of each would replace."""
    sources = list(named_for_reading(Source).filter(pk__in=sources_open_to(actor)))
    last = Import.objects.in_bulk([source.current_import for source in sources if source.current_import])
    return [(source.name, _replacing(source.name, last.get(source.current_import))) for source in sources]


def _replacing(name: str, last: Import | None) -> str:
    if last is None:
        return _("%(source)s: replaces nothing") % {"source": name}
    sentence = ngettext(
        "%(source)s: replaces delivery %(number)s of %(day)s (%(residents)s resident)",
        "%(source)s: replaces delivery %(number)s of %(day)s (%(residents)s residents)",
        last.citizen_count,
    )
    residents = localize(last.citizen_count, use_l10n=True)
    day = date_format(last.created_at, "j F Y")
    return sentence % {"source": name, "number": last.pk, "day": day, "residents": residents}
