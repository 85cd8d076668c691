from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Erase old imports",
        task="imports.erase_old",
        seconds=24 * 3600,
        expires=3600,
        description="Erases the residents of what was delivered more than IMPORT_RETENTION_MONTHS ago; 0: never.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("imports", "0008_rename"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
