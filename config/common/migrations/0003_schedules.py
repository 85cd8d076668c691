from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    # Leases run out after 60 seconds: with this, work of a killed worker is taken over within 90.
    add_schedule(
        apps,
        name="Sweep",
        task="common.sweep",
        seconds=20,
        expires=20,
        description="Enqueues again what lies around undone: lost messages, work of killed workers.",
    )
    add_schedule(
        apps,
        name="Clear expired",
        task="common.clear_expired",
        seconds=600,
        expires=600,
        description="Removes expired sessions and tokens.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0002_background"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
