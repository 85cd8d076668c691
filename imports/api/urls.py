"""The URLs of the imports."""

from rest_framework.routers import SimpleRouter

from config.common.http.paths import SEGMENT
from imports.api.citizens import CitizenViewSet, TownAgeViewSet
from imports.api.decisions import ImportStepViewSet
from imports.api.imports import ImportViewSet
from imports.api.named import ChannelViewSet, SourceViewSet

_ONE = f"imports/(?P<import_id>{SEGMENT})"

router = SimpleRouter(trailing_slash=False)
router.register("imports", ImportViewSet, basename="import")
router.register("sources", SourceViewSet, basename="source")
router.register("channels", ChannelViewSet, basename="channel")
router.register(_ONE, ImportStepViewSet, basename="import-step")
router.register(f"{_ONE}/citizens", CitizenViewSet, basename="citizen")
router.register(f"{_ONE}/towns/stat/percentile/age", TownAgeViewSet, basename="town-age")

urlpatterns = router.urls
