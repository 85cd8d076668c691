from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# A renaming wrote the correction of each resident in one statement, between being asked for and being finished.
NAME_RENAMINGS = """
    UPDATE imports_correction AS correction SET of_rename = rename.id FROM imports_rename AS rename
    WHERE correction.import_id = rename.import_id AND correction.corrected_by_id = rename.asked_by_id
        AND correction.corrected_at BETWEEN rename.asked_at AND rename.finished_at AND correction.changes
        = jsonb_build_object(rename.field, jsonb_build_object('from', rename.before, 'to', rename.after))
"""


class Migration(migrations.Migration):

    # Corrections are written while an index is made.
    atomic = False

    dependencies = [
        ('imports', '0006_wizard'),
    ]

    operations = [
        migrations.AddField(
            model_name='correction',
            name='of_rename',
            field=models.BigIntegerField(blank=True, help_text='The renaming that it is a part of, for this resident.', null=True, verbose_name='renaming'),
        ),
        migrations.AddField(
            model_name='correction',
            name='undoes',
            field=models.BigIntegerField(blank=True, help_text='The correction that it takes back.', null=True),
        ),
        migrations.AddField(
            model_name='rename',
            name='undoes',
            field=models.BigIntegerField(blank=True, help_text='The renaming that it takes back.', null=True),
        ),
        migrations.RunSQL(NAME_RENAMINGS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='correction',
            index=models.Index(condition=models.Q(('of_rename', None)), fields=['-corrected_at', '-id'], name='correction_logged'),
        ),
        AddIndexConcurrently(
            model_name='correction',
            index=models.Index(condition=models.Q(('of_rename__isnull', False)), fields=['of_rename', 'citizen_id'], name='correction_of_rename'),
        ),
    ]
