"""Staff change how demand is counted; everything is counted again by the new rules."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from analytics.dimensions import AgeGroups
from analytics.models import DemandSettings
from analytics.services.counting.refresh_demand import request_refresh
from config.common.changes.services.record import Action, record_change
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _

# Nobody is older; and more groups than this leave few residents in each.
MAX_AGE = 120
MAX_GROUPS = 20
_ONE_ROW = 1

logger = structlog.get_logger(__name__)


def change_settings(
    *, age_bounds: Sequence[int], small_segment: int, alert_residents: int, alert_percent: int, actor: User
) -> DemandSettings:
    """Stores them and has everything counted again; until that is done, what is shown was counted by the old ones.

    Raises `InvalidInput` with a pointer to each wrong one.
    """
    settings = DemandSettings(
        pk=_ONE_ROW,
        age_bounds=list(age_bounds),
        small_segment=small_segment,
        alert_residents=alert_residents,
        alert_percent=alert_percent,
    )
    if errors := _errors(settings):
        raise InvalidInput(_("The settings are not valid."), errors=errors)
    with transaction.atomic():
        stored = DemandSettings.objects.select_for_update().filter(pk=_ONE_ROW).first()
        # A primary key that is set: the row is made, or changed, whoever came first.
        settings.save()
        action = Action.CHANGED if stored else Action.CREATED
        record_change(settings, action, actor=actor, before=_values_of(stored), after=_values_of(settings))
        transaction.on_commit(lambda: request_refresh(actor=actor))
    logger.info("demand_settings_changed", user_id=actor.pk)
    return settings


def check_age_bounds(bounds: Sequence[int]) -> None:
    """Raises `ValueError` that says what is wrong with them."""
    if len(bounds) > MAX_GROUPS or any(bound > MAX_AGE for bound in bounds):
        told = _("There may be %(groups)s groups at most, up to the age of %(age)s.")
        raise ValueError(told % {"groups": MAX_GROUPS, "age": MAX_AGE})
    AgeGroups(bounds)


def _values_of(settings: DemandSettings | None) -> dict[str, Any]:
    """What the change log compares."""
    if settings is None:
        return {}
    return {
        "age_bounds": ", ".join(map(str, settings.age_bounds)),
        "small_segment": settings.small_segment,
        "alert_residents": settings.alert_residents,
        "alert_percent": settings.alert_percent,
    }


def _errors(settings: DemandSettings) -> list[FieldError]:
    found = []
    try:
        settings.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as refusal:
        found = [FieldError(f"/{name}", "invalid", told) for name, told in _told(refusal)]
    if not found:
        try:
            check_age_bounds(settings.age_bounds)
        except ValueError as refusal:
            found = [FieldError("/age_bounds", "invalid", refusal.args[0])]
    return found


def _told(refusal: ValidationError) -> list[tuple[str, str]]:
    return [(name, message) for name, messages in refusal.message_dict.items() for message in messages]
