from django.utils.translation import gettext_noop as _
from django.db import migrations

from config.common.background.schedules import add_schedule


def add_schedules(apps, schema_editor):
    add_schedule(
        apps,
        name="Prune profiles",
        task="observe.prune_profiles",
        seconds=3600,
        expires=3600,
        description=_("Removes what the profiler recorded more than SILK_DAYS ago, or beyond SILK_MAX_REQUESTS."),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.RunPython(add_schedules, migrations.RunPython.noop),
    ]
