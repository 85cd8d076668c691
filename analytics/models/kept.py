"""The models of answers that took too long to be worked out while somebody waits."""

from django.db import models


class KeptAnswer(models.Model):
    """The answer to a question, and the state of the counted deliveries that it was worked out from."""

    key = models.CharField(max_length=32, primary_key=True, help_text="A digest of what is asked.")
    name = models.CharField(max_length=32, help_text="Of the computation.")
    asked = models.JSONField(help_text="The question and its parameters.")
    asked_at = models.DateTimeField(help_text="When somebody asked last, to the hour.")
    wanted_at = models.DateTimeField(null=True, help_text="Since when it waits to be worked out.")
    state = models.CharField(max_length=32, help_text="A digest of what it was worked out from.")
    answer = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["wanted_at"], condition=models.Q(wanted_at__isnull=False), name="kept_answer_wanted")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
