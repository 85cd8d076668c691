"""`POST /analytics/refresh`: has the demand counted again."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.base import TAG
from analytics.services.counting.refresh_demand import request_refresh
from analytics.services.counting.stale import count_stale_imports
from config.common.http.schema import data_of
from config.common.http.viewsets import ApiViewSet
from config.common.problems import Unavailable
from config.common.texts import gettext as _


class RefreshAskedSerializer(serializers.Serializer[None]):
    """What there is to do."""

    stale_imports = serializers.IntegerField(help_text="How many imports are to be counted again, at this moment.")


class RefreshViewSet(ApiViewSet):
    """Has the demand counted again."""

    permissions = {"create": ("analytics.refresh_demand",)}

    @extend_schema(
        summary="Refresh the demand",
        description=(
            "It runs in the background, once however often it is asked for; it also runs by itself when an import "
            "changed. `meta.stale` of the answers says when it is done. 503 while there is nobody to pass it on."
        ),
        tags=[TAG],
        request=None,
        responses={202: data_of(RefreshAskedSerializer(), "RefreshAccepted")},
    )
    def create(self, request: Request) -> Response:
        self.query()
        if not request_refresh(actor=self.actor):
            raise Unavailable(_("The refresh cannot be passed on to a worker at the moment."))
        return Response({"data": {"stale_imports": count_stale_imports()}}, status=status.HTTP_202_ACCEPTED)
