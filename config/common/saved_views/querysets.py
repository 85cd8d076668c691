"""Reads of saved views."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    # ruff does not look into the brackets of a base.
    from config.common.saved_views.models import SavedView  # noqa: F401


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """What is asked of saved views. Whether the reader may open their pages is asked of the pages."""

    def visible_to(self, actor: User) -> "SavedViewQuerySet":
        """The actor's own, and what others share."""
        return self.filter(Q(owner=actor) | Q(is_shared=True))

    def with_pins(self, actor: User) -> "SavedViewQuerySet":
        """Adds `is_pinned`, whether it is on the actor's dashboard."""
        pins = self.model.pinned_by.through.objects.filter(savedview=OuterRef("pk"), user=actor)
        return self.annotate(is_pinned=Exists(pins))
