"""`/create`, `/update`, `/delete`: the same operations under the names of what they do.

With a body they write at once. A GET is a link: it accepts a token alone, never the session cookie, so that a link on
a foreign page does nothing with somebody's sign-in, and nobody may keep its answer.
"""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from airports.api.creates import PREFER_ASYNC, QUEUED_CREATE_DETAIL, queued_create_response
from airports.api.examples import AIRPORT, CHANGE_BY_ID
from airports.api.links import (
    CONFIRMING,
    LINK_DETAIL,
    CreateLinkQuery,
    UpdateLinkQuery,
    changes_in,
    fields_in,
    link_response,
    pointing_at_the_query,
)
from airports.api.queries import AirportIdQuery
from airports.api.responses import AIRPORT_DETAIL, airport_response
from airports.api.serializers import AirportBodySerializer, AirportUpdateSerializer
from airports.documents import read_airport, read_changes, read_id
from airports.fields import NAMES
from airports.models import Airport
from airports.services.access import visible_airport
from airports.services.create_airport import create_airport
from airports.services.delete_airport import delete_airport
from airports.services.flag_airport import flag_airport
from airports.services.queue_create import queue_create
from airports.services.request_change import request_change, request_creation
from airports.services.update_airport import update_airport
from config.common.accounts.api.authentication import ApiTokenAuthentication
from config.common.http.bodies import read_body
from config.common.http.documents import read_object
from config.common.http.paths import path_id
from config.common.http.preferences import prefers_async
from config.common.http.versions import IF_MATCH, known_versions
from config.common.http.viewsets import ApiViewSet
from config.common.idempotency.api import idempotent


class VerbViewSet(ApiViewSet):
    """A verb with its body, and the link with the same meaning, whose action is `ask`."""

    # No HEAD: here a GET changes something.
    http_method_names = ["get", "put", "patch", "delete", "options"]
    names_objects = True

    def get_authenticators(self) -> list[BaseAuthentication]:
        """For a link only tokens."""
        # The OpenAPI document is made without a request but with an action, which a request does not have yet.
        request: Request | None = self.request
        is_link = request.method == "GET" if request else self.action == "ask"
        return [ApiTokenAuthentication()] if is_link else super().get_authenticators()


class CreateViewSet(VerbViewSet):
    """Make an airport."""

    permissions = {"ask": ("airports.add_airport",), "create": ("airports.add_airport",)}
    queries = {"ask": CreateLinkQuery}
    bodies = {"create": AirportBodySerializer}

    def check_throttles(self, request: Request) -> None:
        """A flood of creates that are only queued is what the queue is for: they are not counted."""
        if request.method != "PUT" or not prefers_async(request):
            super().check_throttles(request)

    @extend_schema(
        summary="Ask for an airport by a link",
        description=f"Writes no airport. {CONFIRMING}",
        tags=["airport verbs"],
        parameters=[CreateLinkQuery],
        responses={202: LINK_DETAIL},
    )
    def ask(self, request: Request) -> Response:
        values = dict.fromkeys(NAMES) | fields_in(self.query())
        with pointing_at_the_query():
            requested = request_creation(values=values, actor=self.actor)
        return link_response(request, requested)

    @extend_schema(
        summary="Make an airport at once",
        description=(
            "Read-only fields are ignored.\n\n"
            "With `Prefer: respond-async` the object is stored as it is sent and answered at once, which no limit "
            "counts; poll `Location` until `status` is `created` or `failed`."
        ),
        tags=["airport verbs"],
        parameters=[PREFER_ASYNC],
        request=AirportBodySerializer,
        examples=[AIRPORT],
        responses={201: AIRPORT_DETAIL, 202: QUEUED_CREATE_DETAIL},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        body = read_body(request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        document = read_object(body)
        if prefers_async(request):
            return queued_create_response(queue_create(body=body, actor=self.actor), status.HTTP_202_ACCEPTED)
        created = create_airport(values=read_airport(document), actor=self.actor)
        return airport_response(created, status.HTTP_201_CREATED)


class UpdateViewSet(VerbViewSet):
    """Change an airport."""

    permissions = {"ask": ("airports.change_airport",), "partial_update": ("airports.change_airport",)}
    queries = {"ask": UpdateLinkQuery}
    bodies = {"partial_update": AirportUpdateSerializer}

    @extend_schema(
        summary="Ask for a change by a link",
        description=(
            "Changes nothing by itself. `id` and at least one field with another value than the airport's: where "
            f"nothing would change, 400 (`no_change`). {CONFIRMING}"
        ),
        tags=["airport verbs"],
        parameters=[UpdateLinkQuery, IF_MATCH],
        responses={202: LINK_DETAIL},
    )
    def ask(self, request: Request) -> Response:
        # An airport that is not there goes before what else is wrong; without one id the query is refused as a whole.
        ids = request.query_params.getlist("id")
        airport_id = ids[0] if len(ids) == 1 and ids[0] else self.query()["id"]
        airport = visible_airport(airport_id=path_id(airport_id))
        values = changes_in(self.query())
        with pointing_at_the_query():
            requested = request_change(
                airport_id=airport.pk, values=values, actor=self.actor, versions=known_versions(request)
            )
        return link_response(request, requested)

    @extend_schema(
        summary="Change an airport at once",
        description="`id` and at least one field. Other read-only fields are ignored.",
        tags=["airport verbs"],
        parameters=[IF_MATCH],
        request=AirportUpdateSerializer,
        examples=[CHANGE_BY_ID],
        responses={200: AIRPORT_DETAIL},
    )
    def partial_update(self, request: Request) -> Response:
        body = read_body(request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        document = read_object(body)
        airport = visible_airport(airport_id=read_id(document))
        values = read_changes(document, besides=("id",))
        updated = update_airport(
            airport_id=airport.pk, values=values, actor=self.actor, versions=known_versions(request)
        )
        return airport_response(updated)


class DeleteViewSet(VerbViewSet):
    """Delete an airport: for good with DELETE; a link sets a flag that can be taken off again."""

    permissions = {"ask": ("airports.delete_airport",), "destroy": ("airports.delete_airport",)}
    queries = {"ask": AirportIdQuery, "destroy": AirportIdQuery}

    @extend_schema(
        summary="Flag an airport as deleted",
        description=(
            "It leaves the lists and gives its codes free. It can be restored until it is purged, 30 days later. "
            "Accepts a token only."
        ),
        tags=["airport verbs"],
        parameters=[AirportIdQuery, IF_MATCH],
        responses={200: AIRPORT_DETAIL},
    )
    def ask(self, request: Request) -> Response:
        airport = self._airport()
        versions = known_versions(request)
        return airport_response(flag_airport(airport_id=airport.pk, actor=self.actor, versions=versions))

    @extend_schema(
        summary="Delete an airport for good by its id",
        tags=["airport verbs"],
        parameters=[AirportIdQuery, IF_MATCH],
        responses={204: None},
    )
    def destroy(self, request: Request) -> Response:
        airport = self._airport()
        delete_airport(airport_id=airport.pk, actor=self.actor, versions=known_versions(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _airport(self) -> Airport:
        return visible_airport(airport_id=path_id(self.query()["id"]))
