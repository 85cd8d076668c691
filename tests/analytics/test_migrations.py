"""What the migration of folded towns makes of what was counted before it."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from analytics.models import ImportDemand, Segment, TownAlias, TownPlace
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import counting
from imports.models import Import
from tests.analytics.naive import spellings_by_imports
from tests.analytics.services.test_republish import cities, residents
from tests.imports.world import load

pytestmark = pytest.mark.django_db
module: Any = import_module("analytics.migrations.0003_towns_fold_and_have_cities")
LVIV, KYIV = 702550, 703448


def counted_before(import_id: int, towns: dict[str, int]) -> None:
    """What was counted of a delivery as the release before wrote it: by towns as they were sent, still current."""
    ImportDemand.objects.create(
        delivery_id=import_id, source=f"source {import_id}", delivered_at=datetime(2026, 1, 1, tzinfo=UTC), revision=0,
        scheme=counting().scheme, is_current=True, as_of=datetime(2026, 2, 2, tzinfo=UTC).date(),
        refreshed_at=datetime(2026, 2, 2, tzinfo=UTC), residents=sum(towns.values()), courses=0, buyers=0,
        shown_residents=0, shown_courses=0, shown_buyers=0, drawn_at=0,
    )  # fmt: skip
    for at_delivery in (True, False):
        for town, count in towns.items():
            Segment.objects.create(
                delivery_id=import_id, at_delivery=at_delivery, town=town, age_group=1, channel="TV", gender="male",
                residents=count, courses=count, buyers=count, published=1,
                shown_residents=count, shown_courses=count, shown_buyers=count, squares=count,
            )  # fmt: skip


def test_what_was_erased_is_folded_and_the_rest_is_counted_anew() -> None:
    erased = Import.objects.create(source="old", status="erased").pk
    counted_before(erased, {"Kyiv": 6, "KYIV ": 4, "Lviv": 9})
    kept = load(residents("Kyiv", 5))
    counted_before(kept, {"Odesa": 3})
    # The columns that came later: at that time there were none.
    later = ("shown_residents", "shown_courses", "shown_buyers", "squares")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE analytics_segment {', '.join(f'ALTER {name} DROP NOT NULL' for name in later)}")
        module.fold_segments(apps, None)
        cursor.execute(f"UPDATE analytics_segment SET {', '.join(f'{name} = residents' for name in later)}")
    stored = Segment.objects.values_list(
        "delivery", "at_delivery", "town", "channel", "residents", "buyers", "published"
    )
    assert sorted(stored) == [(erased, True, "kyiv", "tv", 10, 10, 0), (erased, True, "lviv", "tv", 9, 9, 0)]
    demand = ImportDemand.objects.get()
    assert (demand.pk, demand.is_current, demand.as_of.isoformat()) == (erased, False, "2026-01-01")
    refresh_demand()
    assert cities("Editors") == {("Kyiv", "UA"): 5}
    assert spellings_by_imports()["town", "kyiv", "Kyiv"] == (5, 11)
    # Nobody can draw its residents any more, so it shows nothing to those who may not see them.
    assert set(Segment.objects.filter(delivery_id=erased).values_list("published", flat=True)) == {0}


def test_of_two_aliases_of_one_town_the_later_one_holds() -> None:
    for town, city in (("Kyiv", LVIV), ("kyiv", KYIV), ("Lviv ", LVIV)):
        TownAlias.objects.create(town=town, geoname_id=city)
    TownPlace.objects.create(town="Kyiv", method="unplaced", placed_at=datetime(2026, 1, 1, tzinfo=UTC))
    module.fold_aliases(apps, None)
    aliases = TownAlias.objects.order_by("town").values_list("town", "name", "geoname_id")
    assert list(aliases) == [("kyiv", "kyiv", KYIV), ("lviv", "Lviv ", LVIV)]
    assert TownPlace.objects.count() == 0
