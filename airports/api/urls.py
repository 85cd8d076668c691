"""The URLs of the airports."""

from rest_framework.routers import Route, SimpleRouter

from airports.api.airports import AirportViewSet
from airports.api.upload import UploadViewSet
from airports.api.verbs import CreateViewSet, DeleteViewSet, UpdateViewSet


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
router.register("upload", UploadViewSet, basename="airport-upload")

verbs = VerbRouter(trailing_slash=False)
verbs.register("create", CreateViewSet, basename="create-airport")
verbs.register("update", UpdateViewSet, basename="update-airport")
verbs.register("delete", DeleteViewSet, basename="delete-airport")

urlpatterns = [*router.urls, *verbs.urls]
