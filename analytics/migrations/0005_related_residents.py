import django.db.models.deletion
from django.db import migrations, models


def _ties():
    return [
        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
        ('agrees', models.SmallIntegerField(help_text='The keys that both have in common, or that the first one has.')),
        ('town', models.CharField(blank=True, help_text='Folded.', max_length=256)),
        ('age_group', models.SmallIntegerField(help_text='Its position among the age groups.')),
        ('channel', models.CharField(blank=True, help_text='Folded.', max_length=256)),
        ('gender', models.CharField(blank=True, choices=[('male', 'Male'), ('female', 'Female')], max_length=6)),
        ('pairs', models.BigIntegerField()),
        ('courses', models.BigIntegerField(help_text='Of the first of each pair.')),
        ('others', models.BigIntegerField(help_text='Courses of the second.')),
        ('products', models.BigIntegerField(help_text='Of the courses of both.')),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0004_perturbed_residents'),
        ('imports', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='currentsegment',
            name='squares',
            field=models.BigIntegerField(default=0, help_text="The squares of these residents' courses, summed up: how much they vary."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='segment',
            name='squares',
            field=models.BigIntegerField(default=0, help_text="The squares of these residents' courses, summed up: how much they vary."),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='CurrentTie',
            fields=[
                *_ties(),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agrees', 'town', 'age_group', 'channel', 'gender'), name='current_tie_unique')],
            },
        ),
        migrations.CreateModel(
            name='SegmentTie',
            fields=[
                *_ties(),
                ('at_delivery', models.BooleanField(help_text="Ages at the delivery's date; else today's, for a current one.")),
                ('delivery', models.ForeignKey(db_column='import_id', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='imports.import', verbose_name='delivery')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('delivery', 'at_delivery', 'agrees', 'town', 'age_group', 'channel', 'gender'), name='segment_tie_unique')],
            },
        ),
        # Until they are counted again, at once; what was erased keeps it.
        migrations.RunSQL(
            "UPDATE analytics_segment SET squares = courses; UPDATE analytics_currentsegment SET squares = courses;"
            "UPDATE analytics_importdemand SET revision = -1",
            migrations.RunSQL.noop,
        ),
    ]
