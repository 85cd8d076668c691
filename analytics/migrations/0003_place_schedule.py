from django.db import migrations

from config.common.background.schedules import add_schedule


def forwards(apps, schema_editor):
    add_schedule(
        apps,
        name="Place all towns",
        task="analytics.place_all_towns",
        seconds=24 * 3600,
        expires=3600,
        description="Finds on the map, by the airports of today, every town that the demand names.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("analytics", "0002_schedules"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
