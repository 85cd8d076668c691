"""The background app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain
from config.common.background.timing import stored_as_said


class BackgroundConfig(domain.DomainConfig):
    """What tasks stand on: their policy, queues, schedules, leases."""

    name = "config.common.background"
    verbose_name = "Background"
    permissions = {
        "Managers": {
            "background.view_lease",
            *(f"background.{verb}_schedule" for verb in ("view", "add", "change")),
        },
    }
    recorded_models = {"background.schedule": {"runs": _("runs")}}
    recorded_values = {"background.schedule.runs": stored_as_said}
    duties = {"Managers": _("say what runs when")}

    def ready(self) -> None:
        import config.common.background.checks  # noqa: F401 - registers itself
        from config.common.background.services import metrics

        metrics.register()
