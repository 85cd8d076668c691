from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE INDEX citizen_channel ON imports_citizen (channel)", "DROP INDEX citizen_channel")
    ]
