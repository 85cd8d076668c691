"""`/analytics/alerts`: changes that passed the limits that managers set."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.base import TAG
from analytics.models import Alert
from analytics.services.deciding.alerts import find_alert, shown_alerts
from config.common.http.moments import moment
from config.common.http.pagination import PageQuery, page_response
from config.common.http.paths import SEGMENT, path_id
from config.common.http.schema import TABLE_ANSWERS, data_of, page_of
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.http.viewsets import ApiViewSet
from config.common.replicas.reading import from_replica

SEE_ALERTS = ("analytics.view_alert",)
_KEYS = ("country", "city", "age_group", "channel")
_FIGURES = ("residents_before", "courses_before", "residents", "courses", "change", "change_low", "change_high", "q")


class AlertSerializer(serializers.Serializer[Any]):
    """A change that passed the limits when it was found; a correction since changes nothing of it."""

    id = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]  # the base has one too
    to = serializers.IntegerField(help_text="The import that it was found in.")
    country = serializers.CharField(required=False, allow_null=True, help_text="Beside `city`; null: not placed.")
    city = serializers.CharField(required=False)
    age_group = serializers.CharField(required=False)
    channel = serializers.CharField(required=False)
    residents_before = serializers.IntegerField()
    courses_before = serializers.IntegerField()
    residents = serializers.IntegerField()
    courses = serializers.IntegerField()
    change = serializers.FloatField(help_text="Of courses per 100 residents.")
    change_low = serializers.FloatField(help_text="The lower end of its 95 % interval.")
    change_high = serializers.FloatField(help_text="The upper end.")
    q = serializers.FloatField(help_text="Of changes with a `q` as low as this, so large a part are chance.")

    def get_fields(self) -> dict[str, Any]:
        """With `from`, a word of Python's own."""
        before = serializers.IntegerField(help_text="The import that it was compared with.")
        return {"from": before, **super().get_fields()}


class AlertsViewSet(ApiViewSet):
    """Changes that passed the limits."""

    permissions = {"list": SEE_ALERTS, "retrieve": SEE_ALERTS}
    queries = {"list": PageQuery}
    renderers = {"list": (JSONRenderer, *TABLES)}
    lookup_field = "alert_id"
    lookup_value_regex = SEGMENT

    @extend_schema(
        summary="List the alerts",
        description=(
            "Changes from one import of a source to its next that are more than chance (`q` below 0.1) and passed the "
            "limits that managers set: residents in both, and per cent of courses per resident. By city, by channel "
            "and by age group, each once, newest first. As CSV or XLSX: all of them. For callers who may see residents."
        ),
        tags=[TAG],
        parameters=[PageQuery],
        responses={(200, "application/json"): page_of(AlertSerializer, "AlertPage"), **TABLE_ANSWERS},
    )
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        query = self.query()
        alerts = shown_alerts()
        if self.format in TABLE_FORMATS:
            header = ["id", "created_at", "source", "from", "to", *_KEYS, *_FIGURES]
            rows = map(alert_row, alerts.iterator(chunk_size=1_000))
            lines = ([row.get(name) for name in header] for row in rows)
            return table_response(self.format, name="alerts", header=header, rows=lines)
        return page_response(request, alerts, query, alert_row)

    @extend_schema(
        summary="Read an alert",
        tags=[TAG],
        parameters=[OpenApiParameter("alert_id", OpenApiTypes.INT64, OpenApiParameter.PATH)],
        responses={200: data_of(AlertSerializer(), "AlertAnswer")},
    )
    def retrieve(self, request: Request, alert_id: str) -> Response:
        found = find_alert(path_id(alert_id))
        self.query()
        return Response({"data": alert_row(found)})


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert as the API shows it."""
    return {
        "id": alert.pk,
        "created_at": moment(alert.created_at),
        "source": alert.source,
        "from": alert.before_id,
        "to": alert.delivery_id,
        **alert.group,
        **{name: getattr(alert, name) for name in _FIGURES},
    }
