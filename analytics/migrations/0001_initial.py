from django.utils.translation import gettext_noop as _
import django.contrib.postgres.fields
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.common.background.schedules import add_schedule


def add_schedules(apps, schema_editor):
    add_schedule(
        apps,
        name="Refresh demand",
        task="analytics.refresh",
        seconds=60,
        expires=60,
        description=_("Counts imports again that are new, were corrected or deleted, or whose residents grew older."),
    )
    add_schedule(
        apps,
        name="Place all towns",
        task="analytics.place_all_towns",
        seconds=24 * 3600,
        expires=3600,
        description=_("Finds on the map, by the airports of today, every town that the demand names."),
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("django_celery_beat", "0019_alter_periodictasks_options"),
        ('imports', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TownPlace',
            fields=[
                ('town', models.CharField(help_text='As the deliveries write it.', max_length=256, primary_key=True, serialize=False)),
                ('method', models.CharField(choices=[('alias', "staff's alias"), ('airport_city', "name of an airport's city"), ('name', 'name of a city'), ('alternate_name', 'another name of a city'), ('spelling', "another spelling of a city's name"), ('unplaced', 'not placed')], max_length=16)),
                ('city', models.CharField(blank=True, help_text="The city's own name.", max_length=256)),
                ('country', models.CharField(blank=True, help_text='ISO 3166-1 alpha-2.', max_length=2)),
                ('geoname_id', models.BigIntegerField(blank=True, null=True, verbose_name='GeoNames id')),
                ('latitude', models.FloatField(blank=True, help_text='Degrees, WGS 84.', null=True)),
                ('longitude', models.FloatField(blank=True, help_text='Degrees, WGS 84.', null=True)),
                ('time_zone', models.CharField(blank=True, help_text='Its Olson name.', max_length=64)),
                ('airport_id', models.BigIntegerField(blank=True, help_text='The nearest live airport.', null=True)),
                ('airport_distance', models.FloatField(blank=True, help_text='Metres to it.', null=True)),
                ('suggestions', models.JSONField(blank=True, default=list, help_text='The cities that it may be, the likeliest first: what staff may choose from.')),
                ('placed_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'ordering': ('town',),
            },
        ),
        migrations.CreateModel(
            name='CurrentSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.CharField(max_length=256)),
                ('age_group', models.SmallIntegerField(help_text='Its position among the age groups.')),
                ('channel', models.CharField(max_length=64)),
                ('gender', models.CharField(choices=[('male', 'Male'), ('female', 'Female')], max_length=6)),
                ('residents', models.BigIntegerField()),
                ('courses', models.BigIntegerField(help_text='Relatives and friends of these residents, summed up.')),
                ('buyers', models.BigIntegerField(help_text='Residents with at least one relative or friend.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('town', 'age_group', 'channel', 'gender'), name='current_segment_unique')],
            },
        ),
        migrations.CreateModel(
            name='DemandSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('age_bounds', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), help_text='The first age of each group, from 0.', size=None)),
                ('small_segment', models.PositiveIntegerField(help_text='Segments of fewer residents are merged for callers who may not see residents.', validators=[django.core.validators.MinValueValidator(1)])),
            ],
            options={
                'verbose_name_plural': 'demand settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='demand_settings_one_row')],
            },
        ),
        migrations.CreateModel(
            name='ImportDemand',
            fields=[
                ('delivery', models.OneToOneField(db_column='import_id', db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='imports.import', verbose_name='delivery')),
                ('source', models.CharField(max_length=64)),
                ('delivered_at', models.DateTimeField(help_text='When it was received: the date of the trend.')),
                ('revision', models.BigIntegerField(help_text='Of the delivery, when it was counted.')),
                ('scheme', models.CharField(help_text='The age groups that it was counted by.', max_length=255)),
                ('is_current', models.BooleanField(default=False, help_text='The last complete delivery of its source.')),
                ('as_of', models.DateField(help_text="The day of the ages: today's for a current one, else the delivery's.")),
                ('refreshed_at', models.DateTimeField()),
                ('residents', models.BigIntegerField()),
                ('courses', models.BigIntegerField()),
                ('buyers', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'demand of a delivery',
                'verbose_name_plural': 'demand by delivery',
                'permissions': [('refresh_demand', 'Can have the demand counted again')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('source',), name='demand_one_current_of_source')],
            },
        ),
        migrations.CreateModel(
            name='PublishedSegment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.CharField(max_length=256)),
                ('age_group', models.SmallIntegerField(help_text='Its position among the age groups.')),
                ('channel', models.CharField(max_length=64)),
                ('gender', models.CharField(choices=[('male', 'Male'), ('female', 'Female')], max_length=6)),
                ('residents', models.BigIntegerField()),
                ('courses', models.BigIntegerField(help_text='Relatives and friends of these residents, summed up.')),
                ('buyers', models.BigIntegerField(help_text='Residents with at least one relative or friend.')),
                ('published', models.IntegerField(help_text='Bit k: shown to everybody when grouped by the set k of keys.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('town', 'age_group', 'channel', 'gender', 'published'), name='published_segment_unique')],
            },
        ),
        migrations.CreateModel(
            name='TownAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.CharField(help_text='As the deliveries write it.', max_length=256, unique=True)),
                ('geoname_id', models.BigIntegerField(help_text='The city that it is.', verbose_name='GeoNames id')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('before', models.JSONField(blank=True, editable=False, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text="The town's place without the alias.", null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'town aliases',
                'ordering': ('town',),
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('town', models.CharField(max_length=256)),
                ('age_group', models.SmallIntegerField(help_text='Its position among the age groups.')),
                ('channel', models.CharField(max_length=64)),
                ('gender', models.CharField(choices=[('male', 'Male'), ('female', 'Female')], max_length=6)),
                ('residents', models.BigIntegerField()),
                ('courses', models.BigIntegerField(help_text='Relatives and friends of these residents, summed up.')),
                ('buyers', models.BigIntegerField(help_text='Residents with at least one relative or friend.')),
                ('at_delivery', models.BooleanField(help_text="Ages at the delivery's date; else today's, for a current one.")),
                ('published', models.IntegerField(help_text='Bit k: shown to everybody when grouped by the set k of keys.')),
                ('delivery', models.ForeignKey(db_column='import_id', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='imports.import', verbose_name='delivery')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('delivery', 'at_delivery', 'town', 'age_group', 'channel', 'gender'), name='segment_unique')],
            },
        ),
        migrations.RunPython(add_schedules, migrations.RunPython.noop),
    ]
