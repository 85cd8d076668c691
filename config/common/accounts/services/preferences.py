"""The language and the time zone that somebody chose for pages."""

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist

from config.common.accounts.models import Preferences


def preferences_of(user: User) -> Preferences:
    """What `user` chose, or a row of blanks that is not stored."""
    try:
        found: Preferences = user.preferences
    except ObjectDoesNotExist:
        return Preferences(user=user)
    return found


def set_preferences(*, user: User, **chosen: str) -> Preferences:
    """Stores `language` or `time_zone`, or both; what is not given stays. Blank takes a choice back."""
    found, _ = Preferences.objects.update_or_create(user=user, defaults=chosen)
    # The request that changed it goes on with it.
    user._state.fields_cache["preferences"] = found
    return found
