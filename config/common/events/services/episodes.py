"""Says once that something lasts."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.common.events.models import Episode


@transaction.atomic
def lasts(name: str, *, mark: str | None, longer_than: timedelta) -> bool:
    """Tells whether the state `name` has lasted so long by now; once in each episode. Call it each time you look.

    `mark` says what exactly is so; another one is another episode, None the end of it. Where it is a yes, write down
    what follows from it in the same transaction.
    """
    now = timezone.now()
    if mark is None:
        Episode.objects.filter(name=name).delete()
        return False
    Episode.objects.get_or_create(name=name, defaults={"mark": mark, "since": now})
    found = Episode.objects.select_for_update().get(name=name)
    if found.mark != mark:
        found.mark, found.since, found.told_at = mark, now, None
    is_news = found.told_at is None and now - found.since >= longer_than
    if is_news:
        found.told_at = now
    found.save()
    return is_news
