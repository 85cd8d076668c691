"""The analytics app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class AnalyticsConfig(domain.DomainConfig):
    """Who wants the next course: where, how old, through which channel."""

    name = "analytics"
    verbose_name = "Analytics"
    permissions = {
        "Viewers": {
            "analytics.view_importdemand",
            "analytics.view_townplace",
            "analytics.view_channelcost",
            *(f"analytics.{verb}_plan" for verb in ("view", "add", "change", "delete")),
        },
        "Editors": {
            "analytics.refresh_demand",
            "analytics.view_alert",
            *(f"analytics.{verb}_townalias" for verb in ("view", "add", "change", "delete")),
        },
        "Managers": {
            *(f"analytics.{verb}_demandsettings" for verb in ("view", "add", "change")),
            *(f"analytics.{verb}_channelcost" for verb in ("add", "change", "delete")),
            "analytics.delete_shared_plan",
        },
    }
    duties = {
        "Viewers": _("see the demand, make plans"),
        "Editors": _("have the demand counted, place towns, see alerts"),
        "Managers": _(
            "set the age groups, the limits of alerts and what channels cost, delete the plans that others share"
        ),
    }
    recorded_models = {
        "analytics.townalias": {"city": _("city")},
        "analytics.demandsettings": {"age_bounds": _("Age groups")},
        "analytics.channelcost": {},
    }
    mixed_paths = ("/analytics/(report)?",)

    def ready(self) -> None:
        from analytics.pages.saved import register_page
        from analytics.services.asking.find_residents import residents_in
        from analytics.services.counting.gauges import register
        from analytics.services.counting.tell_refreshed import REFRESHED
        from analytics.services.telling.kinds import KINDS
        from config.common.events import kinds
        from imports.services.residents import find_in_segment

        register()
        register_page()
        kinds.register(*KINDS, REFRESHED)
        find_in_segment.register(residents_in)
