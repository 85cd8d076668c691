"""`/confirm/{token}`: what a link would change, as a page for people and as JSON for programs; and doing it."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from airports.api import confirm_pages
from airports.api.responses import AIRPORT_DETAIL, airport_response
from airports.api.serializers import DifferenceSerializer
from airports.models import PendingChange
from airports.services.confirm_change import confirm_change
from airports.services.pending_changes import Preview, find_change, preview_change
from config.common.http.moments import moment
from config.common.http.negotiation import prefers_page, would_be_page
from config.common.http.schema import data_of
from config.common.http.viewsets import ApiViewSet

_TOKEN = OpenApiParameter("token", OpenApiTypes.STR, OpenApiParameter.PATH, description="The end of the link.")
_EITHER = ("airports.add_airport", "airports.change_airport")
_HTML = "text/html"
_SIGN_IN = OpenApiResponse(description="Who has not signed in is sent to do so, unless JSON is asked for.")


class PendingChangeSerializer(serializers.Serializer[Any]):
    """A change that waits for somebody to confirm it."""

    action = serializers.ChoiceField(choices=PendingChange.Action.choices)
    airport_id = serializers.IntegerField(allow_null=True, help_text="Null for a new airport.")
    airport_version = serializers.IntegerField(allow_null=True, help_text="Null for a new airport.")
    changes = serializers.DictField(child=DifferenceSerializer(), help_text="By the name of the field.")
    asked_by = serializers.CharField(allow_null=True, help_text="User name; null where the user is gone.")
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ConfirmViewSet(ApiViewSet):
    """What a link would change, and doing it."""

    permissions = {"retrieve": _EITHER, "confirm": _EITHER}
    renderers = {
        "retrieve": (JSONRenderer, StaticHTMLRenderer),
        "confirm": (JSONRenderer, StaticHTMLRenderer),
    }

    @extend_schema(
        summary="See what a link would change",
        description=(
            "Changes nothing. A browser gets a page with a button, after a sign-in. 409 for a link that was used, and "
            "where the airport has changed since: then `versions` has the airport as it was when the link was made "
            "(`asked`) and as it is (`present`, null where it was deleted for good). 410 for one that has expired."
        ),
        tags=["airport verbs"],
        parameters=[_TOKEN],
        responses={
            (200, "application/json"): data_of(PendingChangeSerializer(), "PendingChangeDetail"),
            (200, _HTML): str,
            302: _SIGN_IN,
        },
    )
    def retrieve(self, request: Request, token: str) -> HttpResponseBase:
        self._check_query(token)
        preview = preview_change(token=token, actor=self.actor)
        if self.format == "html":
            return confirm_pages.preview_page(request, preview)
        return Response({"data": preview_row(preview)})

    @extend_schema(
        summary="Confirm the change of a link",
        description=(
            "Once: of two callers at the same moment one gets 409. 409 also where the airport has changed since the "
            "link was made, and where another airport has taken a code (`duplicate_code`); then nothing is stored."
        ),
        tags=["airport verbs"],
        parameters=[_TOKEN],
        request=None,
        responses={
            (200, "application/json"): AIRPORT_DETAIL,
            (201, "application/json"): AIRPORT_DETAIL,
            (200, _HTML): str,
            (201, _HTML): str,
            302: _SIGN_IN,
        },
    )
    def confirm(self, request: Request, token: str) -> HttpResponseBase:
        self._check_query(token)
        confirmed = confirm_change(token=token, actor=self.actor)
        is_new = confirmed.change.action == PendingChange.Action.CREATE
        answer = airport_response(confirmed.airport, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
        return confirm_pages.done_page(request, confirmed, answer) if self.format == "html" else answer

    def _check_query(self, token: str) -> None:
        # A link that is not there goes before what is wrong with the query.
        find_change(token=token, actor=self.actor)
        self.query()

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # ours are Django's own
        """Programs get problem details; a browser gets a page, and a stranger who followed the link signs in first."""
        response: HttpResponse = super().handle_exception(exc)
        if isinstance(exc, NotAuthenticated) and self._is_a_visitor():
            return redirect_to_login(self.request.path)
        if not prefers_page(self.request._request):
            return response
        return confirm_pages.refusal_page(self.request, exc, response)

    def _is_a_visitor(self) -> bool:
        """Whoever brings no credentials and does not ask for JSON followed the link; a program brings its token."""
        renderers = self.get_renderers()
        return would_be_page(self.request, renderers[::-1] if self.action == "retrieve" else renderers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        # The path is a secret, so no request names it. Not `no-referrer`: with that a browser sends the form with
        # `Origin: null`, which the CSRF check refuses.
        response["Referrer-Policy"] = "strict-origin"
        return super().finalize_response(request, response, *args, **kwargs)


def preview_row(preview: Preview) -> dict[str, Any]:
    """As `PendingChangeSerializer` describes it."""
    change = preview.change
    return {
        "action": change.action,
        "airport_id": change.airport_id,
        "airport_version": change.airport_version,
        "changes": preview.differences,
        "asked_by": change.asked_by.get_username() if change.asked_by else None,
        "asked_at": moment(change.created_at),
        "expires_at": moment(change.expires_at),
    }
