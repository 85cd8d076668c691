from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Erase raw bodies",
        task="imports.erase_bodies",
        seconds=3600,
        expires=3600,
        description="Erases what deliveries were loaded from, once it has been kept for IMPORT_BODY_DAYS.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("imports", "0002_asynchronous"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
