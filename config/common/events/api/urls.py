"""The URLs of the webhooks."""

from rest_framework.routers import SimpleRouter

from config.common.events.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet
from config.common.http.paths import SEGMENT

router = SimpleRouter(trailing_slash=False)
router.register("webhooks", WebhookViewSet, basename="webhook")
router.register(f"webhooks/(?P<webhook_id>{SEGMENT})/deliveries", WebhookDeliveryViewSet, basename="webhook-delivery")

urlpatterns = router.urls
