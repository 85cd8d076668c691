"""Reads of positions and dead letters, named for their readers."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

if TYPE_CHECKING:
    # ruff does not look into the brackets of a base.
    from config.common.kafka.models import DeadLetter, Position  # noqa: F401

OUTCOMES = ("stored", "repeated", "ignored", "refused")


class PositionQuerySet(models.QuerySet["Position"]):
    """How far topics are read."""

    def outcomes(self) -> dict[tuple[str, str], float]:
        """How many messages of each topic had each outcome, since it was read first."""
        totals = self.order_by().values_list("topic", *(Sum(name) for name in OUTCOMES))
        return {(topic, name): float(sums[at]) for topic, *sums in totals for at, name in enumerate(OUTCOMES)}


class DeadLetterQuerySet(models.QuerySet["DeadLetter"]):
    """Messages that were not taken."""

    def unsent(self) -> "DeadLetterQuerySet":
        """The ones that are not in their topic yet, the oldest first."""
        return self.filter(sent_at=None).order_by("id")

    def waiting(self) -> "DeadLetterQuerySet":
        """The ones that nobody has put back."""
        return self.filter(put_back_at=None)

    def of_key(self, topic: str, key: str) -> "DeadLetterQuerySet":
        """The ones of a topic that have this key."""
        return self.filter(topic=topic, key=key.encode())
