"""The shapes of webhooks and of what was sent to them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from config.common.events.addresses import LONGEST
from config.common.events.models import Attempt, Notice, Subscription
from config.common.http.documents import StrictText
from config.common.http.moments import moment

WEBHOOK = OpenApiExample(
    "A receiver", value={"url": "https://example.com/demanda", "events": ["delivery.complete"]}, request_only=True
)
SWITCHED_OFF = OpenApiExample("For a while", value={"active": False}, request_only=True)


class WebhookSerializer(serializers.Serializer[Any]):
    """Where a program is told of what happens."""

    id = serializers.IntegerField(read_only=True)
    url = StrictText(max_length=LONGEST, help_text="An https address of a public host, in ASCII.")
    events = serializers.ListField(
        child=StrictText(max_length=64), max_length=100, help_text="Kinds of events that your role may see."
    )
    active = serializers.BooleanField(
        required=False, help_text="Off: nothing is sent, and what waits is given up. A new one is on unless it says so."
    )
    user = serializers.CharField(read_only=True, help_text="Whose it is.")
    created_at = serializers.DateTimeField(read_only=True)
    failing_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Since when nothing has been taken."
    )
    disabled_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When it was switched off because it failed for three days."
    )


class StoredWebhookSerializer(WebhookSerializer):
    """A webhook in answers."""

    class Meta:
        ref_name = "Webhook"

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["active"] = serializers.BooleanField()
        return fields


class SecretWebhookSerializer(StoredWebhookSerializer):
    """A webhook with its secret, which is shown once."""

    secret = serializers.CharField(help_text="For verifying signatures. It is not shown again.")

    class Meta:
        ref_name = "WebhookWithSecret"


class AttemptSerializer(serializers.Serializer[Any]):
    """One try."""

    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True, help_text="Null: under way, or its worker was killed.")
    outcome = serializers.ChoiceField(choices=Attempt.Outcome.values)
    status_code = serializers.IntegerField(allow_null=True, help_text="Of the receiver's answer.")

    class Meta:
        ref_name = "WebhookAttempt"


class DeliverySerializer(serializers.Serializer[Any]):
    """An event on its way to a webhook."""

    id = serializers.IntegerField()
    event_id = serializers.CharField(help_text="The header `webhook-id`: the same in all attempts.")
    type = serializers.CharField(help_text="The kind of event.")
    about = serializers.CharField(help_text="The address of what it is about.")
    status = serializers.ChoiceField(choices=Notice.Status.values)
    created_at = serializers.DateTimeField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    attempts = AttemptSerializer(many=True, help_text="The latest first.")

    class Meta:
        ref_name = "WebhookDelivery"


def webhook_row(row: Subscription) -> dict[str, Any]:
    """A webhook as the API shows it."""
    return {
        "id": row.pk,
        "url": row.url,
        "events": row.events,
        "active": row.is_active,
        "user": row.user.get_username(),
        "created_at": moment(row.created_at),
        "failing_since": row.failing_since and moment(row.failing_since),
        "disabled_at": row.disabled_at and moment(row.disabled_at),
    }


def delivery_row(row: Notice) -> dict[str, Any]:
    """What was sent, or is to be, as the API shows it."""
    return {
        "id": row.pk,
        "event_id": f"evt_{row.event_id}",
        "type": row.event.kind,
        "about": row.event.about,
        "status": row.status,
        "created_at": moment(row.created_at),
        "next_attempt_at": row.due_at and moment(row.due_at),
        "attempts": [_attempt_row(attempt) for attempt in row.attempts.all()],
    }


def _attempt_row(row: Attempt) -> dict[str, Any]:
    return {
        "number": row.number,
        "started_at": moment(row.started_at),
        "finished_at": row.finished_at and moment(row.finished_at),
        "outcome": row.outcome,
        "status_code": row.status_code,
    }
