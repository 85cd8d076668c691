"""`POST /imports/{id}/cancel`, `…/retry`, `…/approve`, `…/discard`: what people decide about a delivery on its way."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.common.http.paths import path_id
from config.common.http.schema import data_of
from config.common.http.viewsets import ApiViewSet
from imports.api.imports import IMPORT_ID
from imports.api.serializers import ReviewedImportSerializer, detailed_row
from imports.models import Import
from imports.services.access import visible_delivery
from imports.services.loading.steer_delivery import approve_delivery, cancel_delivery, discard_delivery, retry_delivery

Action = TypeVar("Action", bound=Callable[..., Any])

_LOAD = ("imports.add_import",)
_OTHERS = "403 where others load the imports of its source by now."
_MOVED = data_of(ReviewedImportSerializer(), "ImportMoved")


def _described(summary: str, description: str) -> Callable[[Action], Action]:
    described: Callable[[Action], Action] = extend_schema(
        summary=summary,
        description=f"{description} Importers: their own imports, others' are 404.",
        tags=["imports"],
        parameters=[IMPORT_ID],
        request=None,
        responses={202: _MOVED},
    )
    return described


class ImportStepViewSet(ApiViewSet):
    """Decisions about a delivery on its way."""

    permissions = {"cancel": _LOAD, "retry": _LOAD, "approve": _LOAD, "discard": _LOAD}

    @_described("Cancel an import", "Queued or loading: it becomes `cancelled`, and nothing of it is stored.")
    @action(detail=False, methods=["post"])
    def cancel(self, request: Request, import_id: str) -> Response:
        return self._decide(cancel_delivery, import_id)

    @_described(
        "Retry an import", f"Failed or cancelled: it becomes `queued` again. 410 once its raw body is erased. {_OTHERS}"
    )
    @action(detail=False, methods=["post"])
    def retry(self, request: Request, import_id: str) -> Response:
        return self._decide(retry_delivery, import_id)

    @_described(
        "Approve a checked import",
        f"Checked: it is loaded. 409 while messages of it are missing, where it comes over Kafka. {_OTHERS}",
    )
    @action(detail=False, methods=["post"])
    def approve(self, request: Request, import_id: str) -> Response:
        return self._decide(approve_delivery, import_id)

    @_described("Discard a checked import", "Checked: it becomes `cancelled`.")
    @action(detail=False, methods=["post"])
    def discard(self, request: Request, import_id: str) -> Response:
        return self._decide(discard_delivery, import_id)

    def _decide(self, service: Callable[..., Import], import_id: str) -> Response:
        found = visible_delivery(import_id=path_id(import_id))
        self.query()
        moved = service(import_id=found.pk, actor=self.actor)
        return Response({"data": detailed_row(moved, actor=self.actor)}, status=status.HTTP_202_ACCEPTED)
