"""`/webhooks` and what was sent to them."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.common.events.api.bodies import (
    SWITCHED_OFF,
    WEBHOOK,
    DeliverySerializer,
    SecretWebhookSerializer,
    StoredWebhookSerializer,
    WebhookSerializer,
    delivery_row,
    webhook_row,
)
from config.common.events.models import Notice, Subscription
from config.common.events.services.notices import notices_of, send_again, send_test
from config.common.events.services.subscriptions import (
    change_webhook,
    create_webhook,
    delete_webhook,
    find_webhook,
    rotate_secret,
)
from config.common.http.bodies import read_body
from config.common.http.callers import site_of
from config.common.http.documents import read_object, read_values
from config.common.http.pagination import PageQuery, page_response
from config.common.http.paths import SEGMENT, path_id
from config.common.http.schema import data_of, page_of
from config.common.http.viewsets import ApiViewSet
from config.common.idempotency.api import idempotent

# Every role: of one's own. Managers see all of them.
_OWN = ("events.add_subscription",)
_TAGS = ["webhooks"]
_ID = OpenApiParameter("webhook_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The webhook.")
_DELIVERY_ID = OpenApiParameter(
    "delivery_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="What was sent to it."
)
_SIGNED = (
    "Messages are signed after the Standard Webhooks specification: `webhook-id`, `webhook-timestamp`, "
    "`webhook-signature`. Any status from 200 to 299 within 15 seconds is a yes; redirections are not followed. "
    "Else it is tried again for three days, at first soon, then every eight hours. A webhook that took nothing for "
    "three days, or answers 410, is switched off, and its owner is told by mail."
)
_ONE = data_of(StoredWebhookSerializer(), "WebhookDetail")
_SECRET = data_of(SecretWebhookSerializer(), "WebhookSecretShown")
_SENT = data_of(DeliverySerializer(), "WebhookDeliveryDetail")


class WebhookViewSet(ApiViewSet):
    """Webhooks of one's own: list, add, read, change and remove one, give it another secret, try it out."""

    permissions = dict.fromkeys(("list", "create", "retrieve", "partial_update", "destroy", "rotate", "test"), _OWN)
    queries = {"list": PageQuery}
    bodies = {"create": WebhookSerializer, "partial_update": WebhookSerializer}
    lookup_field = "webhook_id"
    lookup_value_regex = SEGMENT

    @extend_schema(
        summary="List the webhooks",
        description="Your own; Managers: everybody's.",
        tags=_TAGS,
        parameters=[PageQuery],
        responses={200: page_of(StoredWebhookSerializer, "WebhookPage")},
    )
    def list(self, request: Request) -> Response:
        query = self.query()
        rows = Subscription.objects.webhooks().visible_to(self.actor).select_related("user")
        return page_response(request, rows, query, webhook_row)

    @extend_schema(
        summary="Add a webhook",
        description=f"The answer holds its secret, once. {_SIGNED}",
        tags=_TAGS,
        request=WebhookSerializer,
        examples=[WEBHOOK],
        responses={201: _SECRET},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = self._values(complete=True)
        made = create_webhook(
            url=values["url"],
            events=values["events"],
            is_active=values.get("active", True),
            site=site_of(request._request),
            actor=self.actor,
        )
        where = reverse("webhook-detail", kwargs={"webhook_id": made.pk})
        return self._shown(made, status.HTTP_201_CREATED, headers={"Location": where})

    @extend_schema(summary="Read a webhook", tags=_TAGS, parameters=[_ID], responses={200: _ONE})
    def retrieve(self, request: Request, webhook_id: str) -> Response:
        found = find_webhook(pk=path_id(webhook_id), actor=self.actor)
        self.query()
        return Response({"data": webhook_row(found)})

    @extend_schema(
        summary="Change a webhook",
        description="At least one field. One that was switched off because it failed begins afresh. Managers may "
        "switch off another's, and nothing else.",
        tags=_TAGS,
        parameters=[_ID],
        request=WebhookSerializer,
        examples=[SWITCHED_OFF],
        responses={200: _ONE},
    )
    def partial_update(self, request: Request, webhook_id: str) -> Response:
        found = find_webhook(pk=path_id(webhook_id), actor=self.actor)
        values = self._values(complete=False)
        if "active" in values:
            values["is_active"] = values.pop("active")
        changed = change_webhook(pk=found.pk, values=values, actor=self.actor)
        return Response({"data": webhook_row(changed)})

    @extend_schema(
        summary="Remove a webhook",
        description="With the record of what was sent to it. Managers may remove another's.",
        tags=_TAGS,
        parameters=[_ID],
        responses={204: None},
    )
    def destroy(self, request: Request, webhook_id: str) -> Response:
        found = find_webhook(pk=path_id(webhook_id), actor=self.actor)
        self.query()
        delete_webhook(pk=found.pk, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Give a webhook another secret",
        description="The answer holds it, once. For a day messages carry two signatures, by the former one too.",
        tags=_TAGS,
        parameters=[_ID],
        request=None,
        responses={200: _SECRET},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def rotate(self, request: Request, webhook_id: str) -> Response:
        found = find_webhook(pk=path_id(webhook_id), actor=self.actor)
        self.query()
        return self._shown(rotate_secret(pk=found.pk, actor=self.actor), status.HTTP_200_OK)

    @extend_schema(
        summary="Try a webhook out",
        description="Sends it an event `webhook.test`. 409 where it is switched off.",
        tags=_TAGS,
        parameters=[_ID],
        request=None,
        responses={202: _SENT},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def test(self, request: Request, webhook_id: str) -> Response:
        found = find_webhook(pk=path_id(webhook_id), actor=self.actor)
        self.query()
        return _accepted(send_test(pk=found.pk, actor=self.actor))

    def _values(self, *, complete: bool) -> dict[str, Any]:
        body = read_body(self.request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        return read_values(read_object(body), WebhookSerializer, complete=complete)

    def _shown(self, row: Subscription, code: int, headers: dict[str, str] | None = None) -> Response:
        return Response({"data": {**webhook_row(row), "secret": row.secret}}, status=code, headers=headers)


class WebhookDeliveryViewSet(ApiViewSet):
    """What was sent to a webhook: list it, send one of it again."""

    permissions = {"list": _OWN, "resend": _OWN}
    queries = {"list": PageQuery}
    lookup_field = "delivery_id"
    lookup_value_regex = SEGMENT

    @extend_schema(
        summary="List what was sent to a webhook",
        description="The latest first, with each attempt. Kept for 30 days (a setting).",
        tags=_TAGS,
        parameters=[_ID, PageQuery],
        responses={200: page_of(DeliverySerializer, "WebhookDeliveryPage")},
    )
    def list(self, request: Request, webhook_id: str) -> Response:
        rows = notices_of(pk=path_id(webhook_id), actor=self.actor)
        return page_response(request, rows, self.query(), delivery_row)

    @extend_schema(
        summary="Send it again",
        description="Whatever became of it, with the same `webhook-id`; it is tried for three days again. 409 where "
        "the webhook is switched off.",
        tags=_TAGS,
        parameters=[_ID, _DELIVERY_ID],
        request=None,
        responses={202: _SENT},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def resend(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        found = find_webhook(pk=path_id(webhook_id), actor=self.actor)
        notice_id = path_id(delivery_id)
        self.query()
        return _accepted(send_again(notice_id=notice_id, webhook_id=found.pk, actor=self.actor))


def _accepted(notice: Notice) -> Response:
    return Response({"data": delivery_row(notice)}, status=status.HTTP_202_ACCEPTED)
