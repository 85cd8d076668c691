from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Refresh demand",
        task="analytics.refresh",
        seconds=60,
        expires=60,
        description="Counts imports again that are new, were corrected or deleted, or whose residents grew older.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("analytics", "0001_initial"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
