from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Drain creates",
        task="airports.drain_creates",
        seconds=10,
        expires=20,
        description="Writes the airports that were queued, a thousand at a time.",
    )
    add_schedule(
        apps,
        name="Forget creates",
        task="airports.forget_creates",
        seconds=3600,
        expires=3600,
        description="Removes what became of queued creates, a week later.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("airports", "0003_queued_creates"),
        ("common", "0003_schedules"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
