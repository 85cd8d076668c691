"""The button of the page: it has the demand counted again, and leaves a message."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request

from analytics.pages.query import FormSerializer
from analytics.services.counting.refresh_demand import request_refresh
from config.common.http.bodies import read_body
from config.common.problems import FieldError, InvalidInput

FORM = "application/x-www-form-urlencoded"
_NOT_OURS = {"csrfmiddlewaretoken"}


def check_form(request: Request) -> None:
    """Raises `UnsupportedType`, `TooLarge`, and `InvalidInput` that lists every offending field."""
    sent = QueryDict(read_body(request, max_bytes=settings.BODY_MAX_BYTES, media_type=FORM))
    form = FormSerializer(data={name: sent[name] for name in sent})
    errors = [
        FieldError(f"/{name}", "unknown_field", _("There is no such field here."))
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
        raise InvalidInput(_("The form is not valid."), errors=errors)


def refresh(*, request: HttpRequest, actor: User) -> None:
    """Asks for a refresh, and says whether anybody heard it."""
    if request_refresh(actor=actor):
        messages.success(request, _("The demand is being counted again. Look at this page again in a moment."))
    else:
        messages.error(
            request, _("No worker can be reached at the moment. It is counted by itself as soon as that is over.")
        )
