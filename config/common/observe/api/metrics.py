"""The metrics, for Prometheus."""

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.callers import client_address
from config.common.http.negotiation import FormatOnly
from config.common.http.schema import PROBLEM, ProblemSchemaSerializer
from config.common.observe.api.health import HealthViewSet
from config.common.observe.metrics.exposition import CONTENT_TYPE, exposition, is_forwarded, may_read
from config.common.observe.metrics.gauges import Figures
from config.common.observe.services.health import availability
from config.common.problems import NotFound

FIGURES = Figures(availability)


class MetricsRenderer(BaseRenderer):
    """Prometheus' text format, which arrives as it is."""

    media_type = "text/plain"
    format = "txt"
    charset = None

    def render(self, data: object, accepted_media_type: str | None = None, renderer_context: object = None) -> bytes:
        return data if isinstance(data, bytes) else str(data).encode()


class MetricsViewSet(HealthViewSet):
    """Numbers of this server for Prometheus; for callers on this machine, or with the metrics token."""

    renderers = {"list": (MetricsRenderer,)}
    # A scraper that knows newer formats too, and names no other, reads this one all the same.
    content_negotiation_class = FormatOnly

    def perform_authentication(self, request: Request) -> None:
        # Before the representation and the query: to others there is nothing here, whatever they ask for.
        if not _may_read(request):
            raise NotFound(_("There is nothing at this address."))

    @extend_schema(
        operation_id="metrics",
        summary="Numbers for Prometheus",
        tags=["operations"],
        responses={
            (200, "text/plain"): OpenApiResponse(str, "Prometheus' text format, version 0.0.4."),
            (404, PROBLEM): OpenApiResponse(ProblemSchemaSerializer, "Not for this caller"),
        },
    )
    def list(self, request: Request) -> Response:
        self.query()
        return Response(exposition(FIGURES), content_type=CONTENT_TYPE)


def _may_read(request: Request) -> bool:
    # A proxy that nobody announced makes the whole world look like this machine.
    disguised = not settings.TRUSTED_PROXIES and is_forwarded(request.META)
    address = "" if disguised else client_address(request.META)
    return may_read(address=address, authorization=request.META.get("HTTP_AUTHORIZATION", ""))
