"""Answers that are given again."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """The first answer to a request that carried an `Idempotency-Key`, committed together with what it answered."""

    name = models.CharField(
        max_length=64, primary_key=True, help_text="SHA-256 of user, method, path and key, hexadecimal."
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of what was sent, hexadecimal.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(help_text="JSON, with its keys in their order.")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name[:8]}… until {self.expires_at}"
