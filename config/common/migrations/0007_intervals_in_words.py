from django.db import migrations

from config.common.background.schedules import in_words


def forwards(apps, schema_editor):
    """Every day instead of every 86400 seconds: the same time, so nothing runs sooner or later."""
    for row in apps.get_model("django_celery_beat", "IntervalSchedule").objects.filter(period="seconds"):
        row.every, row.period = in_words(row.every)
        row.save(update_fields=["every", "period"])


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0006_read_audit"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
