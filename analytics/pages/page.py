"""Puts the page together as its template wants it."""

import math
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.timesince import timesince

from analytics.pages import choices, labels
from analytics.pages.answers import Answers, read_answers
from analytics.pages.filters import ALL, Filters
from analytics.pages.sections.bars import channel_bars, opportunities
from analytics.pages.sections.city_map import city_map
from analytics.pages.sections.headline import headline
from analytics.pages.sections.heat import heat_map
from analytics.pages.sections.segments import named, segment_list
from analytics.pages.sections.towns import towns_of_city
from analytics.pages.sections.trend import trend_lines
from analytics.pages.sections.unplaced import MOST_TOWNS, towns_in_doubt, towns_to_see, towns_to_settle
from analytics.services.asking.questions import Demand, Meta
from config.common.words import counted

REFRESH = "analytics.refresh_demand"
PLACE = "analytics.add_townalias"
UNDO = "analytics.delete_townalias"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the figures are."""

    text: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence at the top, in three parts; the middle one leads to its list."""

    before: str
    segment: str
    after: str
    href: str


def page_context(*, filters: Filters, actor: User) -> dict[str, Any]:
    """Gives everything that `analytics/page.html` writes out."""
    may_place = actor.has_perm(PLACE)
    answers = read_answers(filters=filters, actor=actor, may_place=may_place)
    empty = "" if answers.total.rows and answers.heat.rows else "filtered" if answers.sources else "nothing"
    context = {
        "here": filters.href(offset=filters.offset),
        "fields": choices.fields(answers, filters),
        "kept": {
            name: value
            for name in ("measure", "index_base", "by")
            if (value := getattr(filters, name)) != getattr(Filters, name)
        },
        "is_narrow": filters.is_narrow,
        "freshness": freshness(answers.total.meta),
        "empty": empty,
        "may_refresh": actor.has_perm(REFRESH),
        "may_place": may_place,
        "unplaced": towns_to_settle(answers.unplaced, filters)
        if may_place
        else towns_to_see(answers.cities.unplaced, filters)[:MOST_TOWNS],
        "ambiguous": towns_in_doubt(answers.ambiguous, filters),
    }
    return context | (_without_charts(filters) if empty else _charts(answers, filters))


def freshness(meta: Meta) -> Freshness | None:
    """Says when what was counted; None while nothing was, and nothing waits to be."""
    if meta.refreshed_at is None:
        return Freshness("They are counted in the background.", is_stale=True) if meta.stale else None
    deliveries = counted(meta.imports, "delivery", "deliveries")
    ago = timesince(meta.refreshed_at, timezone.now(), depth=1)
    day = f", ages of {meta.as_of:%d %b %Y}" if meta.as_of else ""
    return Freshness(f"Counted {ago} ago ({meta.refreshed_at:%d %b %Y, %H:%M} UTC) from {deliveries}{day}.", meta.stale)


def answer(ranked: Demand, filters: Filters) -> Answer | None:
    """Says who stands out most; None where nobody does with certainty.

    What is said of the best of many segments holds for all that were looked at together: `intervals.lowest_of_all`.
    """
    best = next((row for row in ranked.rows if not row.is_other), None)
    if best is None or best.index is None or best.lowest is None or best.lowest <= labels.AVERAGE:
        return None
    after = (
        f": {best.index / 100:.1f} times as many courses per resident as the average, "
        f"at least {math.floor(best.lowest / 10) / 10:.1f} times with 95 % certainty, all "
        f"{counted(ranked.count, 'segment')} taken together."
    )
    return Answer("Most of all", labels.segment_label(best), after, filters.segment(best.keys))


def _without_charts(filters: Filters) -> dict[str, Any]:
    ways = choices.ways_out(filters)
    return {"ways_out": ways, "chosen": ", ".join(way.label for way in ways)}


def _charts(answers: Answers, filters: Filters) -> dict[str, Any]:
    through = f" through {filters.channel}" if filters.channel else ""
    bases = choices.bases(filters)
    return {
        "answer": answer(answers.opportunities, filters),
        "headline": headline(answers.total.rows[0], answers.deliveries, filters),
        "opportunities": opportunities(answers.opportunities, filters, by=answers.by, least=answers.least_residents),
        "bases": bases,
        "groupings": choices.groupings(answers, filters),
        "average": choices.BASES[filters.index_base if bases else ALL],
        "towns": towns_of_city(answers.cities, filters),
        "least_residents": answers.least_residents,
        "heat": heat_map(answers.heat.rows, filters),
        "heat_title": f"By city and age{through}",
        "measures": choices.measures(filters),
        "channels": channel_bars(answers.channels, filters),
        "trend": trend_lines(answers.deliveries, filters) if answers.deliveries else None,
        "all_ages": filters.href("trend", age_group=""),
        "map": city_map(answers.cities, filters),
        "segments": segment_list(answers.segments, filters, by=answers.by),
        "named": named(answers),
    }
