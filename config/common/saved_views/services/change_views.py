"""Saves, renames, shares, pins and deletes views."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config.common.problems import Conflict, Forbidden, InvalidInput, NotFound
from config.common.saved_views.models import SavedView
from config.common.saved_views.pages import open_pages, page_called

SHARE = "saved_views.share_savedview"
DELETE_OTHERS = "saved_views.delete_savedview"
LONGEST_NAME = 80
# Of one person: the views of a page are a menu, the pinned ones a tile of which each line is counted.
MOST_VIEWS = 200
MOST_PINNED = 12


def save_view(
    *, page: str, name: str, query: str, is_shared: bool = False, is_pinned: bool = False, actor: User
) -> SavedView:
    """Keeps `query` of `page` under `name`; the actor's own view of this name is replaced.

    Raises `NotFound` for a page that nobody registered, `Forbidden` for one that the actor may not open and where the
    actor may not share, `InvalidInput` for what cannot be kept, `Conflict` where there are too many already.
    """
    where = page_called(page)
    if not where.is_open(actor):
        raise Forbidden(_("You may not open this page."))
    _may_share(actor, is_shared=is_shared)
    values = {"query": where.cleaned(query), "is_shared": is_shared}
    with transaction.atomic():
        # One at a time for each person: so that the limits hold.
        User.objects.select_for_update().get(pk=actor.pk)
        kept, is_new = SavedView.objects.update_or_create(
            owner=actor, page=page, name=_cleaned_name(name), defaults=values
        )
        if is_new and SavedView.objects.filter(owner=actor).count() > MOST_VIEWS:
            raise Conflict(_("You have %(most)s views. Delete one first.") % {"most": MOST_VIEWS})
        if is_pinned:
            _pin(kept, actor)
    return kept


def rename_view(*, view_id: int, name: str, actor: User) -> SavedView:
    """Calls the actor's view `name`. Raises `NotFound`, `InvalidInput`, and `Conflict` where another is called so."""
    found = _own(view_id, actor)
    found.name = _cleaned_name(name)
    try:
        with transaction.atomic():
            found.save(update_fields=["name"])
    except IntegrityError as error:
        raise Conflict(_("You have a view of this name already.")) from error
    return found


def share_view(*, view_id: int, is_shared: bool, actor: User) -> SavedView:
    """Shows the actor's view to whoever may open its page, or to nobody else. Raises `NotFound`, `Forbidden`."""
    found = _own(view_id, actor)
    _may_share(actor, is_shared=is_shared)
    found.is_shared = is_shared
    found.save(update_fields=["is_shared"])
    return found


def pin_view(*, view_id: int, is_pinned: bool, actor: User) -> SavedView:
    """Puts a view on the actor's own dashboard, or takes it off. Raises `NotFound`, and `Conflict` for too many."""
    found = _visible(view_id, actor)
    with transaction.atomic():
        if is_pinned:
            User.objects.select_for_update().get(pk=actor.pk)
            _pin(found, actor)
        else:
            found.pinned_by.remove(actor)
    return found


def delete_view(*, view_id: int, actor: User) -> SavedView:
    """Deletes the actor's view; who has `DELETE_OTHERS` may delete what others share. Raises `NotFound`."""
    found = _visible(view_id, actor) if actor.has_perm(DELETE_OTHERS) else _own(view_id, actor)
    found.delete()
    return found


def _visible(view_id: int, actor: User) -> SavedView:
    """Raises `NotFound` also where the actor may not know of it."""
    found = SavedView.objects.visible_to(actor).filter(pk=view_id, page__in=open_pages(actor)).first()
    if found is None:
        raise NotFound(_("There is no such view."))
    return found


def _own(view_id: int, actor: User) -> SavedView:
    found = _visible(view_id, actor)
    if found.owner_id != actor.pk:
        raise NotFound(_("There is no such view of yours."))
    return found


def _pin(view: SavedView, actor: User) -> None:
    if SavedView.objects.filter(pinned_by=actor).exclude(pk=view.pk).count() >= MOST_PINNED:
        raise Conflict(_("%(most)s views are pinned. Take one off first.") % {"most": MOST_PINNED})
    view.pinned_by.add(actor)


def _may_share(actor: User, *, is_shared: bool) -> None:
    if is_shared and not actor.has_perm(SHARE):
        raise Forbidden(_("Your role does not share views."))


def _cleaned_name(name: str) -> str:
    """Raises `InvalidInput`."""
    cleaned = " ".join(name.replace("\0", "").split())
    if not cleaned:
        raise InvalidInput(_("Give the view a name."))
    if len(cleaned) > LONGEST_NAME:
        raise InvalidInput(_("A name has at most %(most)s characters.") % {"most": LONGEST_NAME})
    return cleaned
