from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Purge airports",
        task="airports.purge",
        seconds=24 * 3600,
        expires=3600,
        description="Removes for good the airports that were flagged as deleted 30 days ago.",
    )
    add_schedule(
        apps,
        name="Expire links",
        task="airports.expire_changes",
        seconds=3600,
        expires=3600,
        description="Forgets the links that can no longer be confirmed.",
    )


class Migration(migrations.Migration):

    dependencies = [("airports", "0004_create_schedules")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
