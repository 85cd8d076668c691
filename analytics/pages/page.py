"""Puts the page together as its template wants it."""

import math
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.pages import choices, labels
from analytics.pages.answers import Answers, Places, read_answers, read_places
from analytics.pages.charts import words
from analytics.pages.decisions.plan import PARAMETERS
from analytics.pages.filters import Filters
from analytics.pages.saved import saved_views
from analytics.pages.sections.bars import channel_bars, opportunities
from analytics.pages.sections.city_map import city_map
from analytics.pages.sections.decide import decide
from analytics.pages.sections.headline import headline
from analytics.pages.sections.heat import heat_map
from analytics.pages.sections.segment import segment
from analytics.pages.sections.segments import segment_list
from analytics.pages.sections.towns import towns_of_city
from analytics.pages.sections.trend import trend_lines
from analytics.pages.sections.unplaced import MOST_TOWNS, towns_in_doubt, towns_to_see, towns_to_settle
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import Demand, Meta
from config.common.db.snapshots import snapshot
from config.common.http.moments import local_moment

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
    """Who stands out most, and how many times as many courses as the average these have: as measured, and at least."""

    segment: str
    href: str
    times: str
    least: str
    count: int


def page_context(*, filters: Filters, actor: User) -> dict[str, Any]:
    """Gives everything that `analytics/page.html` writes out."""
    may_place = actor.has_perm(PLACE)
    with snapshot():
        answers = read_answers(filters=filters, actor=actor)
        places = read_places(filters=filters, actor=actor, may_place=may_place)
    empty = "" if answers.total.rows and answers.heat.count else "filtered" if answers.sources else "nothing"
    context = {
        "here": filters.href(offset=filters.offset),
        "report": filters.report(),
        "fields": choices.fields(answers, filters),
        "min_residents": filters.min_residents,
        "kept": filters.kept("measure", "by", "ask", "group", "of", "lead", "seed", "pairs", *PARAMETERS),
        "ways_out": choices.ways_out(filters),
        "saved": saved_views(filters, actor),
        "words": words(),
        "freshness": freshness(answers.total.meta),
        "empty": empty,
        "may_refresh": actor.has_perm(REFRESH),
        "is_restricted": is_restricted(actor),
        "may_place": may_place,
        "unplaced": towns_to_settle(places.unplaced, filters)
        if may_place
        else towns_to_see(places.cities.unplaced, filters)[:MOST_TOWNS],
        "ambiguous": towns_in_doubt(places.ambiguous, filters),
    }
    return context | (_empty(answers, filters) if empty else _charts(answers, places, filters, actor))


def freshness(meta: Meta) -> Freshness | None:
    """Says when what was counted; None while nothing was, and nothing waits to be."""
    if meta.refreshed_at is None:
        return Freshness(_("They are counted in the background."), is_stale=True) if meta.stale else None
    told = {
        "ago": timesince(meta.refreshed_at, timezone.now(), depth=1),
        "moment": local_moment(meta.refreshed_at),
        "deliveries": ngettext("%(count)s delivery", "%(count)s deliveries", meta.imports)
        % {"count": labels.count(meta.imports)},
        "day": date_format(meta.as_of, "SHORT_DATE_FORMAT") if meta.as_of else "",
    }
    text = (
        _("Counted %(ago)s ago (%(moment)s) from %(deliveries)s, ages of %(day)s.")
        if meta.as_of
        else _("Counted %(ago)s ago (%(moment)s) from %(deliveries)s.")
    )
    return Freshness(text % told, meta.stale)


def answer(ranked: Demand, filters: Filters) -> Answer | None:
    """Says who stands out most; None where nobody does with certainty, or nobody is beside them.

    What is said of the best of many segments holds for all that were looked at together: `intervals.lowest_of_all`.
    """
    best = next((row for row in ranked.rows if not row.is_other), None)
    if best is None or best.index is None or best.lowest is None or best.lowest <= labels.AVERAGE or ranked.count < 2:
        return None
    times, least = labels.decimal(best.index / 100), labels.decimal(math.floor(best.lowest / 10) / 10)
    return Answer(labels.segment_label(best), filters.segment(best.keys), times, least, ranked.count)


def unnamed(answers: Answers, filters: Filters, actor: User) -> str:
    """Says how many residents no row names, to those who may not see small segments; nothing where all are named."""
    [total] = answers.total.rows
    merged = answers.segments.meta.merged
    if merged:
        told = ngettext(
            "%(count)s of %(of)s residents stands in groups too small to show: totals count them, no row names them.",
            "%(count)s of %(of)s residents stand in groups too small to show: totals count them, no row names them.",
            merged,
        )
        return told % {"count": labels.count(merged), "of": labels.count(total.residents)}
    if is_restricted(actor) and choices.ways_out(filters):
        return _("Groups too small to show are left out where one filters: a colleague may see more residents here.")
    return ""


def _empty(answers: Answers, filters: Filters) -> dict[str, Any]:
    chosen = ", ".join(way.label for way in choices.ways_out(filters))
    return {"chosen": chosen, "meant": choices.meant(answers, filters)}


def _charts(answers: Answers, places: Places, filters: Filters, actor: User) -> dict[str, Any]:
    heat_title = _("By city and age")
    if filters.channel:
        heat_title = _("By city and age through %(channel)s") % {"channel": " / ".join(filters.channel)}
    return {
        "answer": answer(answers.opportunities, filters),
        "segment": segment(answers, filters, actor),
        "decide": decide(filters, actor),
        "headline": headline(answers.total.rows[0], answers.deliveries, filters),
        "unnamed": unnamed(answers, filters, actor),
        "merged": answers.segments.meta.merged,
        "opportunities": opportunities(answers.opportunities, filters, by=answers.by, least=answers.least_residents),
        "groupings": choices.groupings(answers, filters),
        "towns": towns_of_city(places.cities, filters),
        "least_residents": answers.least_residents,
        "heat": heat_map(answers.heat, filters),
        "heat_title": heat_title,
        "measures": choices.measures(filters),
        "channels": channel_bars(answers.channels, filters),
        "trend": trend_lines(answers.deliveries, filters) if answers.deliveries else None,
        "all_ages": filters.href("trend", age_group=()),
        "map": city_map(places.cities, filters),
        "segments": segment_list(answers.segments, filters, by=answers.by),
    }
