"""Sources and channels as people read them."""

from typing import Any

from django.db.models import OuterRef, Subquery

from imports.models import Import, Named, Source, SourceSpelling


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
