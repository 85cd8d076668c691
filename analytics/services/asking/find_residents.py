"""Finds who stands behind a segment of the current picture: the same residents as were counted in it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import Q

from analytics.models import Spelling
from analytics.services.asking.channels import channels_of
from analytics.services.asking.names import CHANNEL, TOWN, Names
from analytics.services.asking.questions import Question
from analytics.services.asking.scopes import scope_of
from imports.services.residents.find_in_delivery import births


def residents_in(asked: Mapping[str, Sequence[str]], ages: tuple[int | None, int | None]) -> Q:
    """Gives the condition on residents; ages are those by which their deliveries were counted.

    Values are as a `Question` takes them.
    """
    question = Question(
        group_by=(),
        countries=tuple(asked["country"]),
        cities=tuple(asked["city"]),
        towns=tuple(asked["town"]),
        channels=tuple(asked["channel"]),
        sources=tuple(asked["source"]),
    )
    towns = Names(question, restricted=False).towns
    condition = _in_deliveries(question, ages)
    if towns is not None:
        condition &= Q(town__in=_spellings(TOWN, towns))
    if question.channels:
        condition &= Q(channel__in=_spellings(CHANNEL, _folds(question)))
    return condition


def _in_deliveries(question: Question, ages: tuple[int | None, int | None]) -> Q:
    of_day: defaultdict[date, list[int]] = defaultdict(list)
    for counted in scope_of(question).imports:
        of_day[counted.as_of].append(counted.import_id)
    # Of no delivery: nobody.
    condition = Q(pk__in=())
    for day, ids in of_day.items():
        condition |= Q(delivery__in=ids, **births(ages, day))
    return condition


def _folds(question: Question) -> set[str]:
    """Gives those of the channels, and of all their aliases."""
    channels = channels_of(question)
    folds = set(channels.folds(question.channels))
    return folds | {alias for alias, channel in channels.aliases.items() if channel in folds}


def _spellings(kind: str, folds: Collection[str]) -> list[str]:
    return list(Spelling.objects.filter(kind=kind, fold__in=folds).values_list("spelling", flat=True))
