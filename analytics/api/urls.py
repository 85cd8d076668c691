"""The URLs of analytics."""

from rest_framework.routers import SimpleRouter

from analytics.api.cities import CitiesViewSet
from analytics.api.decisions.alerts import AlertsViewSet
from analytics.api.decisions.changes import ChangesViewSet
from analytics.api.demand import DemandViewSet
from analytics.api.refresh import RefreshViewSet

router = SimpleRouter(trailing_slash=False)
router.register("analytics/cities", CitiesViewSet, basename="city")
router.register("analytics/refresh", RefreshViewSet, basename="demand-refresh")
router.register("analytics/alerts", AlertsViewSet, basename="alert")
router.register("analytics", ChangesViewSet, basename="changes")
router.register("analytics", DemandViewSet, basename="analytics")

urlpatterns = router.urls
