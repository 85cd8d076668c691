"""Keys of programs; how people want to read pages."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from knox.models import AbstractAuthToken

from config.common.accounts.querysets import ApiTokenManager


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # django-rest-knox has no types
    """A key that a program signs in with: stored as a hash, expiring, revocable, several for a user."""

    label = models.CharField(max_length=100, blank=True, help_text="What uses this token.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")

    objects: ClassVar[ApiTokenManager] = ApiTokenManager()

    class Meta:
        verbose_name = "API token"
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.label or _('token')} {self.token_key}…"


class Preferences(models.Model):
    """How somebody wants to read pages. Blank: nothing was chosen."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="preferences"
    )
    language = models.CharField(max_length=8, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.language or 'any language'}, {self.time_zone or 'any time zone'}"
