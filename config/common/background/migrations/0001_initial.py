from django.utils.translation import gettext_noop as _
from django.db import migrations, models

from config.common.background.schedules import add_schedule


def add_schedules(apps, schema_editor):
    # Leases run out after 60 seconds: with this, work of a killed worker is taken over within 90.
    add_schedule(
        apps,
        name="Sweep",
        task="background.sweep",
        seconds=20,
        expires=20,
        description=_("Enqueues again what lies around undone: lost messages, work of killed workers."),
    )
    add_schedule(
        apps,
        name="Clear expired",
        task="background.clear_expired",
        seconds=600,
        expires=600,
        description=_("Removes expired sessions and tokens."),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('fence', models.BigIntegerField(help_text='From a sequence: grows with each holder.')),
                ('holder', models.CharField(max_length=200)),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL("CREATE SEQUENCE background_lease_fence", "DROP SEQUENCE background_lease_fence"),
        migrations.RunPython(add_schedules, migrations.RunPython.noop),
    ]
