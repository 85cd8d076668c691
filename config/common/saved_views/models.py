"""Views that people saved."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.common.saved_views.querysets import SavedViewQuerySet


class SavedView(models.Model):
    """A page as its owner filtered it: the name of its URL, and the query behind it.

    Whoever may open the page may open a shared one; what is listed then is what that reader may see.
    """

    page = models.CharField(_("page"), max_length=100)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(_("shared"), default=False)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)
    pinned_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="pinned_views", blank=True)

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "id")
        default_permissions = ("delete",)
        permissions = [("share_savedview", "Can share saved views")]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_unique")]

    def __str__(self) -> str:
        return self.name
