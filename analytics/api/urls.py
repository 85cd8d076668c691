"""The URLs of analytics."""

from rest_framework.routers import SimpleRouter

from analytics.api.cities import CitiesViewSet
from analytics.api.decisions.effects import EffectsViewSet
from analytics.api.decisions.holdout import HoldoutViewSet
from analytics.api.demand import DemandViewSet
from analytics.api.refresh import RefreshViewSet

router = SimpleRouter(trailing_slash=False)
router.register("analytics/cities", CitiesViewSet, basename="city")
router.register("analytics/refresh", RefreshViewSet, basename="demand-refresh")
router.register("analytics/effects", EffectsViewSet, basename="effect")
router.register("analytics/holdout", HoldoutViewSet, basename="holdout")
router.register("analytics", DemandViewSet, basename="analytics")

urlpatterns = router.urls
