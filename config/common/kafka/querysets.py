"""Reads of dead letters, named for their readers."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    # ruff does not look into the brackets of a base.
    from config.common.kafka.models import DeadLetter  # noqa: F401


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
