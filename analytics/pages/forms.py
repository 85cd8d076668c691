"""What the buttons of the page do: each calls a service and leaves a message."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from analytics.pages.page import PLACE, REFRESH, UNDO
from analytics.pages.query import FormSerializer
from analytics.services.counting.refresh_demand import request_refresh
from analytics.services.placing.town_aliases import remove_alias, set_alias
from config.common.api.bodies import read_body
from config.common.problems import FieldError, Forbidden, InvalidInput

FORM = "application/x-www-form-urlencoded"
_NEEDS = {"refresh": REFRESH, "place": PLACE, "undo": UNDO}
_NOT_OURS = {"csrfmiddlewaretoken"}


def read_form(request: Request) -> dict[str, Any]:
    """The checked fields. Raises `UnsupportedType`, `TooLarge`, and `InvalidInput` that lists every offending one."""
    body = read_body(request, max_bytes=settings.BODY_MAX_BYTES, media_type=FORM)
    sent = QueryDict(body)
    form = FormSerializer(data={name: sent[name] for name in sent})
    errors = [
        FieldError(f"/{name}", "unknown_field", "There is no such field here.")
        for name in sent
        if name not in _NOT_OURS and name not in form.fields
    ]
    if not form.is_valid():
        errors += [
            FieldError(f"/{name}", str(problem.code), str(problem))
            for name, problems in form.errors.items()
            for problem in problems
        ]
    if errors:
        raise InvalidInput("The form is not valid.", errors=errors)
    return dict(form.validated_data)


def obey(*, request: HttpRequest, form: dict[str, Any], actor: User) -> None:
    """Does what the form says. Raises `Forbidden`, and what the services raise."""
    action = form["action"]
    if not actor.has_perm(_NEEDS[action]):
        raise Forbidden("Your role does not allow this.")
    if action == "refresh":
        _refresh(request, actor)
    elif action == "place":
        place = set_alias(town=form["town"], geoname_id=form["geoname_id"], actor=actor)
        messages.success(request, f"{place.town} is {place.city}, {place.country} from now on, and on the map.")
    else:
        remove_alias(town=form["town"], actor=actor)
        messages.success(request, f"{form['town']} is no longer placed by hand.")


def _refresh(request: HttpRequest, actor: User) -> None:
    if request_refresh(actor=actor):
        messages.success(request, "The demand is being counted again. Look at this page again in a moment.")
    else:
        messages.error(
            request, "No worker can be reached at the moment. It is counted by itself as soon as that is over."
        )
