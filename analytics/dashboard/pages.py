"""Serves the pages of the admin beside its lists: towns that are not on the map, and the advertising channels."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.models import ImportDemand, Spelling, TownPlace
from analytics.pages.filters import Filters
from analytics.pages.page import PLACE, UNDO, freshness
from analytics.pages.sections.unplaced import towns_in_doubt, towns_to_see, towns_to_settle
from analytics.pages.tables import demand_table
from analytics.services.asking.dashboard import read_ambiguous, read_unplaced
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import Question
from analytics.services.placing.town_aliases import remove_alias, set_alias
from config.common.digits import MAX_INTEGER, number_in
from config.common.http.callers import acting
from config.common.problems import Problem

TOWNS_A_PAGE = 25
_ALIASES = 25
_MAX_PAGE = 10**6
_ALL = Filters()
_DELIVERIES = 20


class PlaceForm(forms.Form):
    """A button: the town, the city that it is (none: take back what staff said), and where to go on."""

    town = forms.CharField(max_length=256, strip=False)
    geoname_id = forms.IntegerField(required=False, min_value=1, max_value=MAX_INTEGER)
    back = forms.CharField(required=False)


def unplaced_page(request: HttpRequest) -> HttpResponse:
    """Lists the towns without a place by demand; a button settles one."""
    actor = acting(request)
    if not actor.has_perm("analytics.view_townplace"):
        raise PermissionDenied
    if request.method == "POST":
        return _settle(request, actor)
    number = _page_number(request)
    found = read_unplaced(actor=actor, limit=TOWNS_A_PAGE, offset=(number - 1) * TOWNS_A_PAGE)
    pages = Paginator(range(found.count), TOWNS_A_PAGE)
    by_hand = TownPlace.objects.by_hand().with_name(Spelling.objects.all())[:_ALIASES]
    context = {
        **admin.site.each_context(request),
        "title": _("Towns that are not on the map"),
        "towns": towns_to_settle(found.to_settle) or towns_to_see(found.to_see),
        "doubtful": towns_in_doubt(read_ambiguous(actor=actor)),
        "count": found.count,
        "may_place": actor.has_perm(PLACE),
        "may_undo": actor.has_perm(UNDO),
        "aliases": by_hand if actor.has_perm("analytics.view_townalias") else [],
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < pages.num_pages else None,
    }
    return TemplateResponse(request, "admin/dashboard/unplaced.html", context)


def channels_page(request: HttpRequest) -> HttpResponse:
    """Lists every channel with its residents and courses, small ones merged for those who may not see residents."""
    actor = acting(request)
    if not actor.has_perm("analytics.view_importdemand"):
        raise PermissionDenied
    demand = find_demand(question=Question(group_by=("channel",), with_expected=False), actor=actor)
    context = {
        **admin.site.each_context(request),
        "title": _("Advertising channels"),
        "table": demand_table(
            demand.rows,
            ("channel",),
            _ALL,
            caption=_("Demand by channel"),
            downloads=_ALL.downloads(group_by="channel", ordering="-courses"),
        ),
        "renamings": _renamings(actor),
        "freshness": freshness(demand.meta),
    }
    return TemplateResponse(request, "admin/dashboard/channels.html", context)


def _settle(request: HttpRequest, actor: User) -> HttpResponse:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a town of the list and one of its cities."))
        return _back(request.POST.get("back", ""))
    town, geoname_id = form.cleaned_data["town"], form.cleaned_data["geoname_id"]
    if not actor.has_perm(PLACE if geoname_id else UNDO):
        raise PermissionDenied
    try:
        if geoname_id:
            place = set_alias(town=town, geoname_id=geoname_id, actor=actor)
            messages.success(
                request,
                _("%(town)s is %(city)s, %(country)s from now on, and on the map.")
                % {"town": town, "city": place.city, "country": place.country},
            )
        else:
            remove_alias(town=town, actor=actor)
            messages.success(request, _("%(town)s is no longer placed by hand.") % {"town": town})
    except Problem as problem:
        # Somebody else was faster, or the city is gone.
        messages.error(request, problem.detail)
    return _back(form.cleaned_data["back"])


def _back(to: str) -> HttpResponse:
    pages = {"dashboard": reverse("admin:index"), "demand": _ALL.href()}
    address = f"{pages[to]}#unplaced" if to in pages else reverse("admin:analytics_townplace_unplaced")
    return HttpResponseRedirect(address, status=303)


def _page_number(request: HttpRequest) -> int:
    return max(1, min(number_in(request.GET.get("page", "1")) or 1, _MAX_PAGE))


def _renamings(actor: User) -> list[tuple[str, str]]:
    """Gives the sources of today's picture, and the page that renames a channel throughout the delivery of each."""
    if not actor.has_perm("imports.change_citizen"):
        return []
    asked = urlencode({"field": "channel"})
    current = ImportDemand.objects.current().called().order_by("called").values_list("pk", "called")
    return [
        (name, f"{reverse('admin:imports_import_rename', args=(import_id,))}?{asked}")
        for import_id, name in current[:_DELIVERIES]
    ]
