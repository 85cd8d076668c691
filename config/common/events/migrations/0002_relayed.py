from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Events are written while an index is made.
    atomic = False

    dependencies = [
        ('events', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='batch',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        AddIndexConcurrently(
            model_name='event',
            index=models.Index(condition=models.Q(('batch__isnull', True)), fields=['id'], name='event_unrelayed'),
        ),
        AddIndexConcurrently(
            model_name='event',
            index=models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='event_batch'),
        ),
    ]
