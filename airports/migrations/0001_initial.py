from django.utils.translation import gettext_noop as _
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from config.common.background.schedules import add_schedule


def add_schedules(apps, schema_editor):
    add_schedule(
        apps,
        name="Drain creates",
        task="airports.drain_creates",
        seconds=10,
        expires=20,
        description=_("Writes the airports that were queued, a thousand at a time."),
    )
    add_schedule(
        apps,
        name="Forget creates",
        task="airports.forget_creates",
        seconds=3600,
        expires=3600,
        description=_("Removes what became of queued creates, a week later."),
    )
    add_schedule(
        apps,
        name="Purge airports",
        task="airports.purge",
        seconds=24 * 3600,
        expires=3600,
        description=_("Removes for good the airports that were flagged as deleted 30 days ago."),
    )
    add_schedule(
        apps,
        name="Expire links",
        task="airports.expire_changes",
        seconds=3600,
        expires=3600,
        description=_("Forgets the links that can no longer be confirmed."),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Airport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=256)),
                ('city', models.CharField(blank=True, max_length=256, null=True)),
                ('country', models.CharField(blank=True, help_text='Its English name.', max_length=128, null=True)),
                ('iata', models.CharField(blank=True, max_length=3, null=True, verbose_name='IATA')),
                ('icao', models.CharField(blank=True, max_length=4, null=True, verbose_name='ICAO')),
                ('latitude', models.FloatField(help_text='Degrees, WGS 84.')),
                ('longitude', models.FloatField(help_text='Degrees, WGS 84.')),
                ('altitude', models.FloatField(blank=True, help_text='Feet.', null=True)),
                ('timezone', models.FloatField(blank=True, help_text='Hours from UTC.', null=True)),
                ('dst', models.CharField(blank=True, help_text='Daylight saving: one of E A S O Z N U.', max_length=1, null=True, verbose_name='DST')),
                ('tz', models.CharField(blank=True, help_text='Its Olson name, as Europe/Madrid.', max_length=64, null=True, verbose_name='time zone')),
                ('type', models.CharField(blank=True, max_length=64, null=True)),
                ('source', models.CharField(blank=True, max_length=64, null=True)),
                ('is_deleted', models.BooleanField(db_default=False, editable=False, verbose_name='flagged as deleted')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.BigIntegerField(db_default=1, editable=False)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.Func(models.F('longitude'), models.F('latitude'), function='point'), name='airport_place'), models.Index(condition=models.Q(('is_deleted', True)), fields=['deleted_at'], name='airport_flagged')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_deleted', False)), fields=('iata',), name='airport_iata_unique'), models.UniqueConstraint(condition=models.Q(('is_deleted', False)), fields=('icao',), name='airport_icao_unique'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='airport_has_name'), models.CheckConstraint(condition=models.Q(('iata__regex', '^[A-Z0-9]{3}$')), name='airport_iata_format'), models.CheckConstraint(condition=models.Q(('icao__regex', '^[A-Z0-9]{3,4}$')), name='airport_icao_format'), models.CheckConstraint(condition=models.Q(('latitude__gte', -90.0), ('latitude__lte', 90.0)), name='airport_latitude_range'), models.CheckConstraint(condition=models.Q(('longitude__gte', -180.0), ('longitude__lte', 180.0)), name='airport_longitude_range'), models.CheckConstraint(condition=models.Q(('altitude__gte', -100000.0), ('altitude__lte', 100000.0)), name='airport_altitude_range'), models.CheckConstraint(condition=models.Q(('timezone__gte', -12.0), ('timezone__lte', 14.0)), name='airport_timezone_range'), models.CheckConstraint(condition=models.Q(('dst__in', ['E', 'A', 'S', 'O', 'Z', 'N', 'U'])), name='airport_dst_known'), models.CheckConstraint(condition=models.Q(models.Q(('deleted_at__isnull', False), ('is_deleted', True)), models.Q(('deleted_at', None), ('is_deleted', False)), _connector='OR'), name='airport_flag_has_moment')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAirport',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=256)),
                ('city', models.CharField(blank=True, max_length=256, null=True)),
                ('country', models.CharField(blank=True, help_text='Its English name.', max_length=128, null=True)),
                ('iata', models.CharField(blank=True, max_length=3, null=True, verbose_name='IATA')),
                ('icao', models.CharField(blank=True, max_length=4, null=True, verbose_name='ICAO')),
                ('latitude', models.FloatField(help_text='Degrees, WGS 84.')),
                ('longitude', models.FloatField(help_text='Degrees, WGS 84.')),
                ('altitude', models.FloatField(blank=True, help_text='Feet.', null=True)),
                ('timezone', models.FloatField(blank=True, help_text='Hours from UTC.', null=True)),
                ('dst', models.CharField(blank=True, help_text='Daylight saving: one of E A S O Z N U.', max_length=1, null=True, verbose_name='DST')),
                ('tz', models.CharField(blank=True, help_text='Its Olson name, as Europe/Madrid.', max_length=64, null=True, verbose_name='time zone')),
                ('type', models.CharField(blank=True, max_length=64, null=True)),
                ('source', models.CharField(blank=True, max_length=64, null=True)),
                ('is_deleted', models.BooleanField(db_default=False, editable=False, verbose_name='flagged as deleted')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('version', models.BigIntegerField(db_default=1, editable=False)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical airport',
                'verbose_name_plural': 'airports deleted for good',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='KeptUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('on_error', models.CharField(max_length=4)),
                ('preview', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('kept_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='KeptChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('content', models.BinaryField()),
                ('upload', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='airports.keptupload')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('upload', 'number'), name='kept_chunk_unique')],
            },
        ),
        migrations.CreateModel(
            name='PendingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(help_text='SHA-256 of the token, hexadecimal.', max_length=64, unique=True)),
                ('action', models.CharField(choices=[('create', 'Create'), ('update', 'Update')], max_length=6)),
                ('airport_id', models.BigIntegerField(blank=True, help_text='Null for a new airport.', null=True)),
                ('airport_version', models.BigIntegerField(blank=True, help_text='Its version when the link was made.', null=True)),
                ('before', models.JSONField(blank=True, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Null for a new airport.', null=True)),
                ('changes', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('result_id', models.BigIntegerField(blank=True, help_text='The airport that it wrote.', null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['expires_at'], name='pending_change_expiry')],
            },
        ),
        migrations.CreateModel(
            name='QueuedCreate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(help_text='The JSON object as it was sent; emptied when the airport is there.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('created', 'Created'), ('failed', 'Failed')], default='queued', max_length=7)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('airport_id', models.BigIntegerField(blank=True, null=True)),
                ('errors', models.JSONField(blank=True, default=list)),
                ('more_errors', models.PositiveIntegerField(default=0, help_text='How many there are besides the ones listed.')),
                ('asked_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(condition=models.Q(('status', 'queued')), fields=['id'], name='queued_create_queued'), models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['finished_at'], name='queued_create_finished')],
            },
        ),
        migrations.RunPython(add_schedules, migrations.RunPython.noop),
    ]
