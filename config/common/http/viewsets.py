"""The base of every view of the API: the order in which a request is refused, and OPTIONS for everybody."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django.contrib.auth.models import User
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from config.common.http.front import BodyWanted, is_check
from config.common.http.metadata import StaticMetadata
from config.common.http.patience import USER
from config.common.http.query import read_query, wants_mark
from config.common.http.tables import marked
from config.common.texts import gettext as _
from config.common.texts import said

Serializers = Mapping[str, type[Serializer[Any]]]
Renderers = Mapping[str, tuple[type[BaseRenderer], ...]]

JSON_ONLY = (JSONRenderer,)


class ApiViewSet(ViewSet):
    """Refuses in this order: method 405, credentials 401, limit 429, role 403, representation 406; then acts.

    `permissions` names, for each action, the permissions of which the caller needs one. `queries` names the query
    parameters of each action; one that is missing takes none. `bodies` describes the bodies that actions read.
    `renderers` names the representations of each action; one that is missing answers in JSON.
    """

    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    queries: ClassVar[Serializers] = {}
    bodies: ClassVar[Serializers] = {}
    renderers: ClassVar[Renderers] = {}
    # Whether the query or the body names an object, which may be unknown or in a state that does not allow this.
    names_objects: ClassVar[bool] = False
    # Whether its answers are the same for everybody, so that anybody may keep them.
    cacheable: ClassVar[bool] = False
    # Whether it is asked by probes, which know an address and not the site's name.
    answers_any_host: ClassVar[bool] = False

    def get_renderers(self) -> list[BaseRenderer]:
        """The representations of the action under way."""
        return [renderer() for renderer in self.renderers.get(self.action or "", JSON_ONLY)]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """`Allow` on every answer, and `Vary: Accept` where there is a choice."""
        headers: dict[str, str] = super().default_response_headers
        return headers | {"Vary": "Accept"} if len(self.get_renderers()) > 1 else headers

    def url_actions(self) -> list[str]:
        """The actions behind the methods of this URL."""
        return [self.action_map[method] for method in self.action_map or {} if method != "head"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        method = request.method or ""
        if method not in self.allowed_methods:
            raise MethodNotAllowed(method, said(_("%(method)s does not work here.") % {"method": method}))
        if method == "OPTIONS":
            request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(
                request, force=True
            )
            return
        self.format_kwarg = None
        request.version = request.versioning_scheme = None
        self.perform_authentication(request)
        if request.user is not None and request.user.pk is not None:
            request.META[USER] = request.user.pk
        self.check_throttles(request)
        self.check_permissions(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        if is_check(request.META) and self.action not in self.bodies:
            # Nothing of it is read, and nothing may be done yet.
            raise BodyWanted

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With `?bom=true` a CSV begins with a byte order mark."""
        if wants_mark(request.query_params):
            marked(response)
        return super().finalize_response(request, response, *args, **kwargs)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]  # DRF's own request
        """What works at this URL."""
        self.check_options(**kwargs)
        return Response(StaticMetadata().determine_metadata(request, self))

    def check_options(self, **kwargs: Any) -> None:
        """Raises `NotFound` where OPTIONS may say that there is no such object; by default it looks at nothing."""

    def query(self) -> dict[str, Any]:
        """The checked query parameters of this action. Raises `InvalidInput`."""
        return read_query(self.request.query_params, self.queries.get(self.action))

    @property
    def actor(self) -> User:
        """The user who signed in; only for actions that need one."""
        return cast("User", self.request.user)

    @property
    def format(self) -> str:
        """The representation that was negotiated: `json`, `csv`, …"""
        return str(self.request.accepted_renderer.format)
