"""Makes `citizen_unique_in_import` deferrable, while deliveries are read and loaded.

The new index is built without a lock; the constraint then changes its index, which takes the table for a moment. Where
a long load keeps it from that, it gives up after ten seconds, for it keeps others waiting meanwhile: migrate again.
"""

from django.db import migrations, models

DROP = "DROP INDEX CONCURRENTLY IF EXISTS citizen_unique_in_import_new"
BUILD = "CREATE UNIQUE INDEX CONCURRENTLY citizen_unique_in_import_new ON imports_citizen (import_id, citizen_id)"
# One command, so that there is no moment without the constraint.
EXCHANGE = """
    ALTER TABLE imports_citizen
        DROP CONSTRAINT citizen_unique_in_import,
        ADD CONSTRAINT citizen_unique_in_import UNIQUE USING INDEX citizen_unique_in_import_new {deferrable}
"""


def exchange(deferrable: str) -> list[str]:
    """The statements; what an earlier attempt left behind goes first."""
    exchanged = EXCHANGE.format(deferrable=deferrable)
    return [DROP, BUILD, "SET lock_timeout = '10s'", exchanged, "RESET lock_timeout"]


class Migration(migrations.Migration):
    # An index cannot be built concurrently in a transaction.
    atomic = False

    dependencies = [
        ("imports", "0004_created_at"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(exchange("DEFERRABLE INITIALLY IMMEDIATE"), exchange("NOT DEFERRABLE")),
            ],
            state_operations=[
                migrations.RemoveConstraint("citizen", "citizen_unique_in_import"),
                migrations.AddConstraint(
                    "citizen",
                    models.UniqueConstraint(
                        fields=("delivery", "citizen_id"),
                        name="citizen_unique_in_import",
                        deferrable=models.Deferrable.IMMEDIATE,
                    ),
                ),
            ],
        ),
    ]
