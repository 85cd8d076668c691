from django.utils.translation import gettext_noop as _
import django.utils.timezone
from django.db import migrations, models

from config.common.background.schedules import add_schedule


def add_schedules(apps, schema_editor):
    add_schedule(
        apps,
        name="Prune reads",
        task="privacy.prune_reads",
        seconds=24 * 3600,
        expires=3600,
        description=_("Removes who read which residents once it has been kept for READ_AUDIT_DAYS."),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadAudit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('account_id', models.BigIntegerField(help_text='Of whoever signed in.', null=True)),
                ('username', models.CharField(help_text='At that time; of a command that of the machine.', max_length=150)),
                ('via', models.CharField(help_text='The token, the session, or the command.', max_length=200)),
                ('what', models.CharField(choices=[('resident', 'Resident'), ('residents', 'all residents'), ('courses', 'courses of each resident'), ('ages', 'age percentiles'), ('samples', 'samples of a review'), ('refused', 'residents that were refused'), ('listed', 'rows of a list'), ('page', 'page of a row'), ('corrected', 'resident, to correct it'), ('exported', 'everything that is stored of a resident'), ('erased', 'resident, to erase it')], max_length=16)),
                ('format', models.CharField(blank=True, help_text='json, csv, …', max_length=16)),
                ('import_id', models.BigIntegerField(null=True, verbose_name='import')),
                ('citizen_id', models.BigIntegerField(help_text='Blank: all of the import.', null=True, verbose_name='citizen id')),
                ('request_id', models.CharField(blank=True, max_length=100)),
                ('address', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'read of residents',
                'verbose_name_plural': 'reads of residents',
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['import_id', 'citizen_id', '-id'], name='read_of_citizen')],
            },
        ),
        migrations.RunPython(add_schedules, migrations.RunPython.noop),
    ]
