"""The app of the events."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class EventsConfig(domain.DomainConfig):
    """Events, and who is told of them."""

    name = "config.common.events"
    verbose_name = "Notifications"
    permissions = {
        # One's own; which kinds, the kinds say.
        "Viewers": {"events.add_subscription"},
        # Everybody's: to see what was sent, to send it again, to end what somebody left behind.
        "Managers": {
            "events.view_subscription",
            "events.change_subscription",
            "events.delete_subscription",
            "events.view_notice",
            "events.view_attempt",
        },
    }
    duties = {
        "Viewers": _("be told of what happens by mail and webhooks"),
        "Managers": _("see what is told to whom, and send it again"),
    }
    recorded_models = {"events.subscription": {"to": _("address"), "secret": _("secret")}}
    # They show secrets once.
    unprofiled_paths = ("/webhooks", "/admin/notifications")

    def ready(self) -> None:
        from config.common.events.kinds import Kind, register
        from config.common.events.services.notices import TEST
        from config.common.events.services.settle import DISABLED

        for name, title, fields in (
            (TEST, _("A test of a webhook"), {"webhook_id": "the webhook"}),
            (DISABLED, _("A webhook was switched off"), {"webhook_id": "the webhook", "host": "where it led"}),
        ):
            # The product's own word to an owner.
            register(
                Kind(
                    name,
                    title,
                    permission="events.add_subscription",
                    fields=fields,
                    path="/admin/notifications/",
                    is_chosen=False,
                )
            )
