from django.utils.translation import gettext_noop as _
import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.lookups
import django.utils.timezone
import imports.models
from django.conf import settings
from django.db import migrations, models

from config.common.background.schedules import add_schedule


# A deleted import is a small part of a table that many fill. PostgreSQL's defaults would let a fifth of the table die
# before they vacuum it; what is vacuumed sooner makes room for the next delivery.
TABLES = ("imports_citizen", "imports_correction")
VACUUM_SOON = """
    autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_threshold = 5000, autovacuum_analyze_scale_factor = 0.02
"""


def add_schedules(apps, schema_editor):
    add_schedule(
        apps,
        name=_("Erase raw bodies"),
        task="imports.erase_bodies",
        seconds=3600,
        expires=3600,
        description=_("Erases what deliveries were loaded from, once it has been kept for IMPORT_BODY_DAYS."),
    )
    add_schedule(
        apps,
        name=_("Erase old imports"),
        task="imports.erase_old",
        seconds=24 * 3600,
        expires=3600,
        description=_("Erases the residents of what was delivered more than IMPORT_RETENTION_MONTHS ago; 0: never."),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(default='default', help_text='Who supplied it.', max_length=64)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('loading', 'Loading'), ('checked', 'Checked'), ('complete', 'Complete'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('erased', 'Erased')], default='queued', max_length=16)),
                ('citizen_count', models.BigIntegerField(default=0, verbose_name='residents')),
                ('processed', models.BigIntegerField(default=0, help_text='Residents that were taken in so far.')),
                ('errors', models.JSONField(blank=True, default=list)),
                ('more_errors', models.BigIntegerField(default=0, help_text='How many more there are than the ones listed.')),
                ('attempts', models.PositiveIntegerField(default=0, help_text='How often a worker began to load it.')),
                ('stops_when_checked', models.BooleanField(default=False, help_text='Somebody looks at it before it loads.', verbose_name='stops for review')),
                ('review', models.JSONField(blank=True, help_text="Counts against the source's last complete delivery.", null=True)),
                ('differences', models.JSONField(blank=True, default=list, help_text='Samples while it waits for approval.')),
                ('media_type', models.CharField(choices=[('application/json', 'JSON'), ('application/x-ndjson', 'NDJSON')], db_default='application/json', default='application/json', help_text='Of the raw body.', max_length=32)),
                ('content_encoding', models.CharField(blank=True, help_text='Of the raw body.', max_length=16)),
                ('body_size', models.BigIntegerField(blank=True, help_text='Its bytes while it is kept.', null=True, verbose_name='raw body')),
                ('revision', models.BigIntegerField(default=0, help_text='Grows with each correction of its residents.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, help_text='When it was complete, failed or cancelled.', null=True)),
                ('erased_at', models.DateTimeField(blank=True, help_text='When somebody had its residents erased.', null=True)),
                ('scrubbed_at', models.DateTimeField(blank=True, help_text='When nothing personal of it was left.', null=True)),
                ('deleted_at', models.DateTimeField(blank=True, help_text='Its rows are about to go.', null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ('-id',),
                'permissions': [('view_own_citizens', "Can view the citizens of imports of one's own")],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('citizen_id', models.BigIntegerField(verbose_name='citizen id')),
                ('changes', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('corrected_at', models.DateTimeField(auto_now_add=True)),
                ('corrected_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(db_column='import_id', db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='imports.import', verbose_name='delivery')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Citizen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('citizen_id', models.BigIntegerField(verbose_name='citizen id')),
                ('town', models.CharField(max_length=256)),
                ('street', models.CharField(max_length=256)),
                ('building', models.CharField(max_length=256)),
                ('apartment', models.BigIntegerField()),
                ('name', models.CharField(max_length=256, verbose_name='name')),
                ('birth_date', models.DateField()),
                ('gender', models.CharField(choices=[('male', 'Male'), ('female', 'Female')], max_length=6)),
                ('relatives', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('friends', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('channel', models.CharField(default='unknown', help_text='The advertising channel that reaches them.', max_length=64)),
                ('delivery', models.ForeignKey(db_column='import_id', db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='imports.import', verbose_name='delivery')),
            ],
            options={
                'verbose_name': 'resident',
                'ordering': ('delivery', 'citizen_id'),
            },
        ),
        migrations.CreateModel(
            name='RawChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='From 0.')),
                ('content', models.BinaryField(help_text='Up to a mebibyte.')),
                ('delivery', models.ForeignKey(db_column='import_id', db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='imports.import', verbose_name='delivery')),
            ],
            options={
                'ordering': ('delivery', 'number'),
            },
        ),
        migrations.CreateModel(
            name='Rename',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('town', 'Town'), ('channel', 'Channel')], max_length=16)),
                ('before', models.CharField(max_length=256, verbose_name='from')),
                ('after', models.CharField(max_length=256, verbose_name='to')),
                ('citizens', models.BigIntegerField(blank=True, help_text='How many had it, once it is done.', null=True)),
                ('refusal', models.CharField(blank=True, help_text='Why nothing was renamed.', max_length=256)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(db_column='import_id', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='imports.import', verbose_name='delivery')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['source', '-id'], name='import_source'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='import_deleted'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('scrubbed_at', None), ('status', 'erased')), fields=['id'], name='import_to_scrub'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'loading'])), fields=['id'], name='import_unfinished'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(condition=models.Q(('body_size__isnull', False)), fields=['settled_at'], name='import_raw_body'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['delivery', 'citizen_id', '-id'], name='correction_of_citizen'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], fields=('delivery', 'citizen_id'), name='citizen_unique_in_import'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.CheckConstraint(condition=models.Q(('citizen_id__gte', 0)), name='citizen_id_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.CheckConstraint(condition=models.Q(('apartment__gte', 0)), name='citizen_apartment_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.CheckConstraint(condition=models.Q(('gender__in', ['male', 'female'])), name='citizen_gender_known'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.CheckConstraint(condition=models.Q(('relatives__overlap', models.F('friends')), _negated=True), name='citizen_relative_or_friend'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.IsNull(imports.models.ArrayPosition(models.F('relatives'), models.Value(None, output_field=models.BigIntegerField())), True), name='citizen_relatives_not_null'),
        ),
        migrations.AddConstraint(
            model_name='citizen',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.IsNull(imports.models.ArrayPosition(models.F('friends'), models.Value(None, output_field=models.BigIntegerField())), True), name='citizen_friends_not_null'),
        ),
        migrations.AddConstraint(
            model_name='rawchunk',
            constraint=models.UniqueConstraint(fields=('delivery', 'number'), name='raw_chunk_unique_in_import'),
        ),
        migrations.AddIndex(
            model_name='rename',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['id'], name='rename_unfinished'),
        ),
        *(migrations.RunSQL(f"ALTER TABLE {table} SET ({VACUUM_SOON})", migrations.RunSQL.noop) for table in TABLES),
        # Bodies are large, short-lived and often compressed already: PostgreSQL need not try. Few rows, each a mebibyte
        # beside the table: there it is the pieces that count.
        migrations.RunSQL(
            "ALTER TABLE imports_rawchunk ALTER COLUMN content SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            "ALTER TABLE imports_rawchunk SET (toast.autovacuum_vacuum_threshold = 5000,"
            " toast.autovacuum_vacuum_scale_factor = 0.02)",
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(add_schedules, migrations.RunPython.noop),
    ]
