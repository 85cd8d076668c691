from django.db import migrations, models

# The bits mean other groupings now. What can be counted again is, by the next refresh; what was erased cannot, so
# nothing of it is shown to those who may not see residents.
_FORGET = """
    DELETE FROM analytics_importdemand WHERE import_id IN (SELECT id FROM imports_import WHERE status = 'complete');
    DELETE FROM analytics_segment WHERE import_id NOT IN (SELECT import_id FROM analytics_importdemand);
    UPDATE analytics_segment SET published = 0;
    DELETE FROM analytics_currentsegment;
    DELETE FROM analytics_publishedsegment;
"""
_HELP = "Bit k: shown to everybody in the grouping k."


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("imports", "0001_initial")]

    # First, so that the table is rewritten, and locked, with few rows.
    operations = [migrations.RunSQL(_FORGET, migrations.RunSQL.noop)] + [
        migrations.AlterField(
            model_name=model, name="published", field=models.BigIntegerField(help_text=_HELP)
        )
        for model in ("segment", "publishedsegment")
    ]
