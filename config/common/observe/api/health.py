"""Whether the product lives and can serve."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.schema import data_of
from config.common.http.site import PublicViewSet
from config.common.observe.services.health import readiness


class _Live(serializers.Serializer[Any]):
    status = serializers.CharField()

    class Meta:
        ref_name = "LiveStatus"


class _Ready(_Live):
    degraded = serializers.ListField(child=serializers.CharField())

    class Meta:
        ref_name = "ReadyStatus"


class HealthViewSet(PublicViewSet):
    """For load balancers and monitors: never counted, never asked who they are."""

    authentication_classes = ()
    throttle_classes = ()
    cacheable = False
    answers_any_host = True


class LiveViewSet(HealthViewSet):
    """The process runs."""

    @extend_schema(
        operation_id="health_live",
        summary="Does the process run?",
        tags=["operations"],
        responses={200: data_of(_Live(), "Live")},
    )
    def list(self, request: Request) -> Response:
        self.query()
        return Response({"data": {"status": "ok"}})


class ReadyViewSet(HealthViewSet):
    """The process can serve: its database answers and is migrated; `degraded` names what else is away."""

    @extend_schema(
        operation_id="health_ready",
        summary="Can the process serve?",
        tags=["operations"],
        responses={200: data_of(_Ready(), "Ready")},
    )
    def list(self, request: Request) -> Response:
        self.query()
        return Response({"data": {"status": "ok", "degraded": readiness()}})
