"""`python -m tests.schema.lint`: names migrations that would lock big tables, or break programs that still run.

While a release is rolled out the former one works on with the new schema. What django-migration-linter finds, and how
to do it instead: docs/operations.md, "Migrations".
"""

import sys
from pathlib import Path

from django_migration_linter import MigrationLinter

ROOT = Path(__file__).resolve().parent.parent.parent

# A data migration without a way back locks nothing; a mistake in one is mended by the next.
_HARMLESS = ("RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE")
# What was looked at: a longer varchar is a change of the catalogue alone, and the former release reads it.
# The tables of analytics are small, and counted anew after these. Their new columns have no default on purpose: what
# the former release counts meanwhile means something else, by other groupings and spellings, so it has to fail; the
# next refresh makes up for it.
_LOOKED_AT = {
    "imports.0002_tables": ("ALTER_COLUMN",),
    "analytics.0002_published_in_32_groupings": ("ALTER_COLUMN",),
    "analytics.0003_towns_fold_and_have_cities": ("ALTER_COLUMN", "NOT_NULL"),
    "analytics.0004_perturbed_residents": ("NOT_NULL",),
}


def findings() -> set[str]:
    """The product's migrations (`app.name`) of which the linter has something to say; it prints what."""
    found = set()
    for app, name in own_migrations():
        excluded = (*_HARMLESS, *_LOOKED_AT.get(f"{app}.{name}", ()))
        linter = MigrationLinter(all_warnings_as_errors=True, exclude_migration_tests=excluded, quiet=["ok"])
        linter.lint_migration(linter.migration_loader.get_migration(app, name))
        if linter.has_errors:
            found.add(f"{app}.{name}")
    return found


def own_migrations() -> list[tuple[str, str]]:
    """App and name of each migration that lies in this repository."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    places = {app.label: Path(app.path) for app in apps.get_app_configs()}
    ours = {label for label, path in places.items() if path.is_relative_to(ROOT) and "site-packages" not in path.parts}
    return sorted(key for key in MigrationLoader(None).disk_migrations or {} if key[0] in ours)


def main() -> int:
    # The suite's own PostgreSQL; it is named in the environment before the settings are read.
    import django

    import tests.services  # noqa: F401 - starts it

    django.setup()
    new = sorted(findings())
    for name in new:
        sys.stderr.write(f"{name} locks a big table or breaks the former release: docs/operations.md, Migrations\n")
    return int(bool(new))


if __name__ == "__main__":
    sys.exit(main())
