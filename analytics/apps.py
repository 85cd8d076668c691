"""The analytics app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class AnalyticsConfig(domain.DomainConfig):
    """Who wants the next course: where, how old, through which channel."""

    name = "analytics"
    verbose_name = "Analytics"
    permissions = {
        "Viewers": {"analytics.view_importdemand", "analytics.view_townplace"},
        "Editors": {
            "analytics.refresh_demand",
            *(f"analytics.{verb}_townalias" for verb in ("view", "add", "change", "delete")),
        },
        "Managers": {f"analytics.{verb}_demandsettings" for verb in ("view", "add", "change")},
    }
    duties = {
        "Viewers": _("see the demand"),
        "Editors": _("have the demand counted, place towns"),
        "Managers": _("set the age groups"),
    }
    recorded_models = ("analytics.townalias", "analytics.demandsettings")
    mixed_paths = ("/analytics/",)

    def ready(self) -> None:
        from analytics.pages.saved import register_page
        from analytics.services.asking.find_residents import residents_in
        from analytics.services.counting.gauges import register
        from analytics.services.telling.kinds import KINDS
        from config.common.events import kinds
        from imports.services.residents import find_in_segment

        register()
        register_page()
        kinds.register(*KINDS)
        find_in_segment.register(residents_in)
