from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Prune profiles",
        task="common.prune_profiles",
        seconds=3600,
        expires=3600,
        description="Removes what the profiler recorded more than SILK_DAYS ago, or beyond SILK_MAX_REQUESTS.",
    )


class Migration(migrations.Migration):

    dependencies = [("common", "0004_idempotency_keys")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
