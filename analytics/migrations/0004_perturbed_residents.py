from django.db import migrations, models

from analytics.perturbation import new_secret

SHOWN = ("shown_residents", "shown_courses", "shown_buyers")


def know_sources(apps, schema_editor):
    """Nothing is shown as it is of what was shown before. What is stored is of erased deliveries, and not counted
    again."""
    sources = apps.get_model("imports", "Import").objects.values_list("source", flat=True).distinct()
    Perturbation = apps.get_model("analytics", "Perturbation")
    Perturbation.objects.bulk_create(
        Perturbation(source=source, secret=new_secret(), changes=1) for source in sources
    )
    for name in ("Segment", "ImportDemand"):
        apps.get_model("analytics", name).objects.update(
            **{shown: models.F(shown.removeprefix("shown_")) for shown in SHOWN}
        )


def _added(model, name):
    return migrations.AddField(model, name, models.BigIntegerField(default=0), preserve_default=False)


class Migration(migrations.Migration):
    dependencies = [("analytics", "0003_towns_fold_and_have_cities"), ("imports", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Perturbation",
            fields=[
                ("source", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("secret", models.BigIntegerField(default=new_secret, editable=False)),
                (
                    "changes",
                    models.BigIntegerField(
                        default=0, help_text="How often anything was counted of it that was not before."
                    ),
                ),
            ],
        ),
        *(_added(model, name) for model in ("segment", "publishedsegment", "importdemand") for name in SHOWN),
        migrations.AddField(
            "importdemand",
            "drawn_at",
            models.BigIntegerField(
                default=0, help_text="The changes of its source, when the shown figures were drawn."
            ),
            preserve_default=False,
        ),
        migrations.RunPython(know_sources, migrations.RunPython.noop),
    ]
