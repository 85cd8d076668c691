"""The URLs of analytics."""

from rest_framework.routers import SimpleRouter

from analytics.api.cities import CitiesViewSet
from analytics.api.decisions.alerts import AlertsViewSet
from analytics.api.decisions.calendar import CalendarViewSet
from analytics.api.decisions.catchments import CatchmentsViewSet
from analytics.api.decisions.changes import ChangesViewSet
from analytics.api.decisions.effects import EffectsViewSet
from analytics.api.decisions.flows import FlowsViewSet
from analytics.api.decisions.holdout import HoldoutViewSet
from analytics.api.decisions.plan import PlanViewSet
from analytics.api.decisions.plans import PlanKeptViewSet
from analytics.api.demand import DemandViewSet
from analytics.api.refresh import RefreshViewSet

router = SimpleRouter(trailing_slash=False)
router.register("analytics/cities", CitiesViewSet, basename="city")
router.register("analytics/calendar", CalendarViewSet, basename="calendar")
router.register("analytics/flows", FlowsViewSet, basename="flow")
router.register("analytics/catchments", CatchmentsViewSet, basename="catchment")
router.register("analytics/refresh", RefreshViewSet, basename="demand-refresh")
router.register("analytics/plan", PlanViewSet, basename="budget")
router.register("analytics/plans", PlanKeptViewSet, basename="plan")
router.register("analytics/alerts", AlertsViewSet, basename="alert")
router.register("analytics", ChangesViewSet, basename="changes")
router.register("analytics/effects", EffectsViewSet, basename="effect")
router.register("analytics/holdout", HoldoutViewSet, basename="holdout")
router.register("analytics", DemandViewSet, basename="analytics")

urlpatterns = router.urls
