"""The forms beside a page's filters: save what is shown, and do something with a saved view."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from config.common.http.callers import acting
from config.common.problems import NotFound, Problem
from config.common.saved_views.models import SavedView
from config.common.saved_views.pages import page_called
from config.common.saved_views.services import change_views

Change = Callable[..., SavedView]

# What a form may ask for by its `action`, and the sentence for when it is done.
_CHANGES: dict[str, tuple[Change, Any]] = {
    "rename": (change_views.rename_view, _lazy("The view has its new name.")),
    "share": (partial(change_views.share_view, is_shared=True), _lazy("Whoever may open this page sees the view.")),
    "unshare": (partial(change_views.share_view, is_shared=False), _lazy("Only you see the view.")),
    "pin": (partial(change_views.pin_view, is_pinned=True), _lazy("The view is on your dashboard.")),
    "unpin": (partial(change_views.pin_view, is_pinned=False), _lazy("The view is no longer on your dashboard.")),
    "delete": (change_views.delete_view, _lazy("The view is deleted.")),
}


def save(request: HttpRequest) -> HttpResponse:
    """Saves the `query` of a `page` under a `name`, `shared` and `pinned` where these are sent; shows it."""
    form, actor = request.POST, acting(request)
    try:
        page = page_called(form.get("page", ""))
        query = page.known_part(form.get("query", ""))
        change_views.save_view(
            page=page.name,
            name=form.get("name", ""),
            query=query,
            is_shared="shared" in form,
            is_pinned="pinned" in form,
            actor=actor,
        )
        messages.success(request, _("The view is saved."))
    except NotFound as problem:
        raise Http404(problem.detail) from problem
    except Problem as problem:
        messages.error(request, problem.detail)
    return _to(page.href(query))


def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Does what the `action` of the form says with one view; goes back to the `query` of its page, or to the
    dashboard."""
    try:
        page = page_called(SavedView.objects.filter(pk=view_id).values_list("page", flat=True).first() or "")
        messages.success(request, _changed(request, view_id))
    except NotFound as problem:
        raise Http404(problem.detail) from problem
    except Problem as problem:
        messages.error(request, problem.detail)
    if request.POST.get("back") == "dashboard":
        return _to(reverse("admin:index"))
    return _to(page.href(page.known_part(request.POST.get("query", ""))))


def _changed(request: HttpRequest, view_id: int) -> str:
    """Raises `Problem`."""
    action = request.POST.get("action", "")
    if action not in _CHANGES:
        raise NotFound(_("There is no such action."))
    service, sentence = _CHANGES[action]
    name = {"name": request.POST.get("name", "")} if action == "rename" else {}
    service(view_id=view_id, actor=acting(request), **name)
    return str(sentence)


def _to(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=303)
