"""Events: where webhooks may lead, and how long it is kept what was sent."""

from config import env

# Also http, and addresses of private networks: for a receiver beside the product, and for tests.
WEBHOOKS_MAY_BE_PRIVATE = env.WEBHOOKS_MAY_BE_PRIVATE
EVENTS_KEPT_DAYS = env.EVENTS_KEPT_DAYS
