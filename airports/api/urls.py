"""The URLs of the airports."""

from django.urls import re_path
from rest_framework.routers import Route, SimpleRouter

from airports.api.airports import AirportViewSet
from airports.api.confirm import ConfirmViewSet
from airports.api.creates import QueuedCreateViewSet
from airports.api.upload import UploadViewSet
from airports.api.verbs import CreateViewSet, DeleteViewSet, UpdateViewSet
from config.common.http.paths import SEGMENT


class VerbRouter(SimpleRouter):
    """One URL for a verb, whose methods are the actions that its view has."""

    routes = [
        Route(
            url=r"^{prefix}{trailing_slash}$",
            mapping={"get": "ask", "put": "create", "patch": "partial_update", "delete": "destroy"},
            name="{basename}",
            detail=False,
            initkwargs={},
        )
    ]


router = SimpleRouter(trailing_slash=False)
router.register("airports", AirportViewSet, basename="airport")
router.register("creates", QueuedCreateViewSet, basename="create")
router.register("upload", UploadViewSet, basename="airport-upload")

verbs = VerbRouter(trailing_slash=False)
verbs.register("create", CreateViewSet, basename="create-airport")
verbs.register("update", UpdateViewSet, basename="update-airport")
verbs.register("delete", DeleteViewSet, basename="delete-airport")

# Any text is a token that may be unknown, not a URL that is.
confirmation = re_path(
    f"^confirm/(?P<token>{SEGMENT})$",
    ConfirmViewSet.as_view({"get": "retrieve", "post": "confirm"}, basename="confirmation"),
    name="confirmation",
)

urlpatterns = [*router.urls, *verbs.urls, confirmation]
