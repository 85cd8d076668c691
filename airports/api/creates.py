"""`/creates/{id}`: what became of a queued create."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from airports.models import QueuedCreate
from airports.services.queue_create import visible_create
from config.common.http.moments import moment
from config.common.http.paths import SEGMENT, path_id
from config.common.http.preferences import APPLIED, RESPOND_ASYNC
from config.common.http.schema import FieldErrorSchema, data_of
from config.common.http.viewsets import ApiViewSet
from config.common.problems import told_stored

PREFER_ASYNC = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER, enum=[RESPOND_ASYNC], description="Answer at once, write afterwards."
)
_CREATE_ID = OpenApiParameter("create_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Its number.")


class QueuedCreateSerializer(serializers.Serializer[Any]):
    """A queued create."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=QueuedCreate.Status.choices)
    airport_url = serializers.CharField(allow_null=True, help_text="Null until the airport is there.")
    errors = FieldErrorSchema(many=True)  # type: ignore[assignment]  # the base has one too
    more_errors = serializers.IntegerField(help_text="How many there are besides the ones listed.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


# The envelope of one in the OpenAPI document.
QUEUED_CREATE_DETAIL = data_of(QueuedCreateSerializer(), "QueuedCreateDetail")


def queued_create_response(create: QueuedCreate, code: int = status.HTTP_200_OK) -> Response:
    """`{"data": create}`, and where to look for it once it was accepted."""
    headers = {}
    if code == status.HTTP_202_ACCEPTED:
        headers = {"Location": reverse("create-detail", kwargs={"create_id": create.pk}), **APPLIED}
    return Response({"data": _row(create)}, status=code, headers=headers)


def _row(create: QueuedCreate) -> dict[str, Any]:
    made = create.airport_id and reverse("airport-detail", kwargs={"airport_id": create.airport_id})
    return {
        "id": create.pk,
        "status": create.status,
        "airport_url": made,
        "errors": told_stored(create.errors),
        "more_errors": create.more_errors,
        "created_at": moment(create.created_at),
        "finished_at": moment(create.finished_at) if create.finished_at else None,
    }


class QueuedCreateViewSet(ApiViewSet):
    """What became of a queued create, for whoever asked for it and for managers."""

    permissions = {"retrieve": ("airports.view_airport",)}
    lookup_field = "create_id"
    lookup_value_regex = SEGMENT

    @extend_schema(
        summary="See what became of a queued create",
        description="`queued`, `created` with the airport's URL, or `failed` with the errors. Kept for seven days.",
        tags=["airport verbs"],
        parameters=[_CREATE_ID],
        responses={200: QUEUED_CREATE_DETAIL},
    )
    def retrieve(self, request: Request, create_id: str) -> Response:
        found = visible_create(create_id=path_id(create_id), actor=self.actor)
        self.query()
        return queued_create_response(found)
