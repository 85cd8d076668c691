"""The imports app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain

_OTHER_NAMES = {"other names": _("other names")}


class ImportsConfig(domain.DomainConfig):
    """Deliveries of residents: loading, reading, correcting, birthdays, age percentiles."""

    name = "imports"
    verbose_name = "Residents"
    permissions = {
        "Viewers": {"imports.view_import", "imports.view_source", "imports.view_channel"},
        "Editors": {
            "imports.view_citizen",
            "imports.change_citizen",
            "imports.view_correction",
            *(f"imports.{verb}_channel" for verb in ("add", "change", "delete")),
        },
        "Importers": {"imports.add_import", "imports.view_own_citizens"},
        # A manager sees every resident, so the permission for one's own would say less.
        "Managers": {
            "imports.add_import",
            "imports.delete_import",
            *(f"imports.{verb}_source" for verb in ("add", "change", "delete")),
        },
    }
    duties = {
        "Viewers": _("see the list of deliveries, but no resident"),
        "Editors": _("see and correct residents"),
        "Importers": _("load deliveries, and see the residents of their own"),
        "Managers": _("load, approve and delete deliveries"),
    }
    change_streams = (
        "imports.admin.change_streams.DecisionStream",
        "imports.admin.change_streams.DeliveryStream",
        "imports.admin.change_streams.RenameStream",
        "imports.admin.change_streams.CorrectionStream",
    )
    recorded_models = {"imports.source": _OTHER_NAMES, "imports.channel": _OTHER_NAMES}
    unprofiled_paths = ("/imports", "/admin/imports")

    def ready(self) -> None:
        from config.common.events import kinds
        from config.common.kafka.handlers import reads
        from config.common.kafka.topics import Topic
        from imports.services.loading.tell_outcome import KINDS
        from imports.services.metrics import register

        register()
        kinds.register(*KINDS.values())
        reads(Topic("residents"), "imports.services.loading.receive_residents.receive_residents")
        reads(Topic("deliveries"), "imports.services.loading.receive_control.receive_control")
