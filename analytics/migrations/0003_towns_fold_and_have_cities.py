from collections import defaultdict
from datetime import UTC

import django.db.models.deletion
from django.db import migrations, models

from config.common.spellings import fold

FOLDED = "Folded: what all its spellings have in common."


def fold_aliases(apps, schema_editor):
    """Of two aliases of one town the later one holds. Places are found again, by the first refresh."""
    TownAlias = apps.get_model("analytics", "TownAlias")
    kept = {fold(alias.town): alias for alias in TownAlias.objects.order_by("created_at", "pk")}
    TownAlias.objects.exclude(pk__in=[alias.pk for alias in kept.values()]).delete()
    for town, alias in kept.items():
        alias.name, alias.town = alias.town, town
        alias.save(update_fields=["name", "town"])
    apps.get_model("analytics", "TownPlace").objects.all().delete()


def fold_segments(apps, schema_editor):
    """What can be counted again is; of erased deliveries there is only what was counted of them.

    Nothing of these is shown to everybody until the first refresh, which decides anew wherever a town is new to it.
    """
    erased = apps.get_model("imports", "Import").objects.filter(status="erased", deleted_at=None).values("pk")
    segments, demands = (apps.get_model("analytics", name).objects for name in ("Segment", "ImportDemand"))
    for name in ("CurrentSegment", "PublishedSegment"):
        apps.get_model("analytics", name).objects.all().delete()
    segments.filter(at_delivery=False).delete()
    segments.exclude(delivery__in=erased).delete()
    demands.exclude(pk__in=erased).delete()
    for demand in demands.all():
        demand.is_current, demand.as_of = False, demand.delivered_at.astimezone(UTC).date()
        demand.save(update_fields=["is_current", "as_of"])
        _fold(apps, demand.pk)


def _fold(apps, import_id):
    Segment = apps.get_model("analytics", "Segment")
    sums, spelled = defaultdict(lambda: [0, 0, 0]), defaultdict(int)
    for one in Segment.objects.filter(delivery=import_id):
        counts = sums[fold(one.town), one.age_group, fold(one.channel), one.gender]
        for place, count in enumerate((one.residents, one.courses, one.buyers)):
            counts[place] += count
        for kind, spelling in (("town", one.town), ("channel", one.channel)):
            spelled[kind, spelling] += one.residents
    Segment.objects.filter(delivery=import_id).delete()
    Segment.objects.bulk_create(
        Segment(
            delivery_id=import_id, at_delivery=True, town=town, age_group=age_group, channel=channel, gender=gender,
            residents=residents, courses=courses, buyers=buyers, published=0,
        )
        for (town, age_group, channel, gender), (residents, courses, buyers) in sums.items()
    )
    for (kind, spelling), residents in spelled.items():
        known = {"kind": kind, "fold": fold(spelling), "spelling": spelling}
        apps.get_model("analytics", "DeliverySpelling").objects.create(
            delivery_id=import_id, residents=residents, **known
        )
        total, _ = apps.get_model("analytics", "Spelling").objects.get_or_create(
            **known, defaults={"residents": 0, "delivered": 0}
        )
        total.delivered += residents
        total.save(update_fields=["delivered"])


def _columns(model):
    return [
        migrations.AlterField(model, "town", models.CharField(help_text=FOLDED, max_length=256)),
        migrations.AlterField(model, "channel", models.CharField(help_text="Folded.", max_length=256)),
    ]


class Migration(migrations.Migration):

    dependencies = [("analytics", "0002_published_in_32_groupings")]

    operations = [
        migrations.CreateModel(
            name="PublishedPlace",
            fields=[
                ("town", models.CharField(help_text="Folded.", max_length=256, primary_key=True, serialize=False)),
                ("city", models.CharField(blank=True, help_text="Empty for a town that is not placed.", max_length=256)),
                ("country", models.CharField(blank=True, help_text="ISO 3166-1 alpha-2.", max_length=2)),
            ],
        ),
        migrations.CreateModel(
            name="Spelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("town", "town"), ("channel", "channel")], max_length=7)),
                ("fold", models.CharField(help_text="What all spellings of it have in common.", max_length=256)),
                ("spelling", models.CharField(help_text="As deliveries write it.", max_length=256)),
                ("residents", models.BigIntegerField(help_text="In the current picture.")),
                ("delivered", models.BigIntegerField(help_text="In all deliveries.")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "fold", "spelling"), name="spelling_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliverySpelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("town", "town"), ("channel", "channel")], max_length=7)),
                ("fold", models.CharField(max_length=256)),
                ("spelling", models.CharField(max_length=256)),
                ("residents", models.BigIntegerField()),
                ("delivery", models.ForeignKey(db_column="import_id", db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="imports.import", verbose_name="delivery")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "kind", "spelling"), name="delivery_spelling_unique")
                ],
            },
        ),
        migrations.AddField("townalias", "name", models.CharField(default="", help_text="As it was written; `town` is its fold.", max_length=256, verbose_name="town"), preserve_default=False),
        migrations.AlterField("townalias", "town", models.CharField(help_text="As deliveries write it, in any spelling.", max_length=256, unique=True)),
        migrations.AlterField("townplace", "town", models.CharField(help_text="Folded.", max_length=256, primary_key=True, serialize=False)),
        *_columns("segment"),
        *_columns("currentsegment"),
        *_columns("publishedsegment"),
        migrations.RunPython(fold_aliases, migrations.RunPython.noop),
        migrations.RunPython(fold_segments, migrations.RunPython.noop),
    ]
