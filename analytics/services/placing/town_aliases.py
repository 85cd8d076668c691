"""Staff say what city a town is, or take it back. Both count at once, and need no list of cities in memory."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.models import TownAlias, TownPlace
from analytics.models.towns import FOUND
from analytics.places.cities import City, city_by_id
from analytics.services.placing.place_towns import PLACE
from analytics.services.placing.placer import place_of
from config.common.background.publishing import enqueue
from config.common.changes.services.record import Action, record_change
from config.common.problems import FieldError, InvalidInput, NotFound
from config.common.spellings import fold
from config.common.texts import gettext as _

_MAX_TOWN = 256


def set_alias(*, town: str, geoname_id: int, actor: User | None) -> TownPlace:
    """Says that `town`, in every spelling of it, is the city with this GeoNames id; the place that it has now.

    Raises `InvalidInput` for a city that GeoNames does not know (`/geoname_id`), and for a name that no delivery can
    have (`/town`).
    """
    city, name, town = _checked(town, geoname_id), town, fold(town)
    given = {"name": name, "geoname_id": geoname_id, "created_by": actor}
    with transaction.atomic():
        known = TownAlias.objects.filter(town=town).first()
        # Whoever comes second waits here: the town's place is written under the alias's lock.
        alias, _ = TownAlias.objects.update_or_create(
            town=town, defaults=given, create_defaults=given | {"before": _place_now(town)}
        )
        place = place_of(town, TownPlace.Method.ALIAS, city, at=timezone.now())
        before = alias.before or {}
        place.suggestions = before.get("suggestions", [])
        action = Action.CHANGED if known else Action.CREATED
        record_change(alias, action, actor=actor, before=_values_of(known) if known else None, after=_values_of(alias))
        TownPlace.objects.bulk_create([place], update_conflicts=True, unique_fields=["town"], update_fields=FOUND)
    return place


def remove_alias(*, town: str, actor: User | None) -> TownPlace | None:
    """Takes it back: the town is again where it was without the alias, if it was anywhere; else a task places it.

    Raises `NotFound` for a town without an alias.
    """
    town = fold(town)
    with transaction.atomic():
        alias = TownAlias.objects.select_for_update().filter(town=town).first()
        if alias is None:
            raise NotFound(_("This town has no alias."))
        record_change(alias, Action.DELETED, actor=actor, before=_values_of(alias))
        TownPlace.objects.filter(pk=town).delete()
        alias.delete()
        if alias.before is None:
            enqueue(PLACE)
            return None
        # With the moment of that time: if airports changed since, its towns are placed anew.
        place = TownPlace.objects.create(town=town, **alias.before)
    place.refresh_from_db()
    return place


def _values_of(alias: TownAlias) -> dict[str, Any]:
    """What the change log compares."""
    city = city_by_id(alias.geoname_id)
    called = f"{city.name}, {city.country}" if city else ""
    return {"city": f"{called} ({alias.geoname_id})"}


def _checked(town: str, geoname_id: int) -> City:
    errors = []
    if not fold(town) or len(town) > _MAX_TOWN or "\0" in town:
        errors.append(FieldError("/town", "invalid", _("A town has 1 to %(most)s characters.") % {"most": _MAX_TOWN}))
    city = city_by_id(geoname_id)
    if city is None:
        errors.append(FieldError("/geoname_id", "unknown_city", _("GeoNames has no city with this id.")))
    if errors or city is None:
        raise InvalidInput(_("This alias cannot be given."), errors=errors)
    return city


def _place_now(town: str) -> dict[str, Any] | None:
    """Reads what was found without an alias; None where nothing was."""
    found: dict[str, Any] | None = TownPlace.objects.filter(pk=town).values(*FOUND).first()
    return found if found and found["method"] != TownPlace.Method.ALIAS else None
