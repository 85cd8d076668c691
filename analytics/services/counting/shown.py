"""Decides whether everybody sees what was counted before, the truth, or people drawn anew."""

from dataclasses import replace

from analytics.models import ImportDemand, Perturbation
from analytics.perturbation import Draw
from analytics.querysets import ImportDemandQuerySet
from analytics.services.counting.count_import import Count, Segments
from imports.services.naming.resolve_source import first_names_of


class Drawing:
    """The weights for counting one import, which is written afterwards. Call it as the only writer."""

    def __init__(self, *, import_id: int, source: str, own: str, scheme: str) -> None:
        """`source` is what its source was named first; `own` that of the name in it, which may be an alias."""
        self._stored, is_new = Perturbation.objects.get_or_create(source=source)
        # Before it was an alias, or after: what was seen under either name has a successor.
        if own != source:
            is_new &= Perturbation.objects.get_or_create(source=own)[1]
        # What was counted before, as another source's, has been seen: it is not shown as it is now that it is its own.
        self._is_first = is_new and not ImportDemand.objects.filter(pk=import_id).exists()
        # What was drawn before something else of the source changed is drawn anew, and what other cells are shown of.
        drawn = ImportDemand.objects.filter(pk=import_id, drawn_at=self._stored.changes, scheme=scheme)
        self._is_drawn = drawn.exists()
        self.draw = Draw(self._stored.secret, self._stored.changes + 1)

    def settle(self, count: Count, *, then: Segments, now: Segments) -> tuple[Count, int, bool]:
        """Gives the import as it was counted with what is shown of it, the changes of its source at that, and whether
        nothing differs.

        `then` and `now` are its segments as they are stored. Where nothing differs everybody sees what they saw, so
        nothing is to be decided; what has no predecessor is shown as it is.
        """
        if self._is_first:
            return replace(count, then=exact(count.then), now=exact(count.now)), 0, False
        if self._is_drawn and _is_same(count.then, then) and _is_same(count.now, now):
            return (
                replace(count, then=_as_stored(count.then, then), now=_as_stored(count.now, now)),
                self._stored.changes,
                True,
            )
        Perturbation.objects.filter(pk=self._stored.pk).update(changes=self.draw.changes)
        return count, self.draw.changes, False


def exact(segments: Segments) -> Segments:
    """Shows the counts themselves."""
    return {key: values._replace(**_shown(values.true)) for key, values in segments.items()}


def end_truth(demands: ImportDemandQuerySet) -> bool:
    """Lets nothing of these imports be shown as it is any more. Whether any were, and are to be counted again first.

    Those that were erased cannot be: of them nothing is shown (`analytics.services.counting.publish_segments`).
    """
    complete = demands.filter(drawn_at=0, delivery__status="complete")
    names = first_names_of(complete.values_list("source", flat=True).distinct())
    Perturbation.objects.filter(source__in=names.values(), changes=0).update(changes=1)
    return complete.mark_stale() > 0


def _shown(counts: tuple[int, int, int]) -> dict[str, int]:
    return dict(zip(("shown_residents", "shown_courses", "shown_buyers"), counts, strict=True))


def _is_same(new: Segments, old: Segments) -> bool:
    return new.keys() == old.keys() and all(values.true == old[key].true for key, values in new.items())


def _as_stored(new: Segments, old: Segments) -> Segments:
    return {key: old[key]._replace(squares=values.squares) for key, values in new.items()}
