"""A request's body that does not come to its end."""

from django.http import HttpRequest

from config.common.http.patience import GivenUp, PatientBody, Verdict
from config.common.problems import FieldError, InvalidInput, Problem, TooMany, TooSlow
from config.common.texts import gettext as _


def as_problem(error: OSError) -> Problem:
    """What `given_up` says where the server did not wait, else `InvalidInput`: the caller went, or broke the framing.

    Django wraps the web server's error, which is the cause.
    """
    cause = error if isinstance(error, GivenUp) else error.__cause__
    return given_up(cause.verdict) if isinstance(cause, GivenUp) else truncated()


def given_up(verdict: Verdict) -> Problem:
    """What a body is refused with that trickles, or of whose caller too many do."""
    if verdict is Verdict.TOO_MANY:
        detail = _("So many of your requests are waited for that this one has to come later. Nothing was stored.")
        return TooMany(detail, retry_after=5)
    return TooSlow(_("The body came too slowly. Nothing was stored."))


def truncated() -> InvalidInput:
    """What half a body is refused with: it must not be taken for a whole one."""
    return InvalidInput(
        _("The body ended too early."), errors=[FieldError("", "truncated", _("The body is not whole."))]
    )


def verdict_on(request: HttpRequest) -> Verdict | None:
    """Why reading the body was given up, also where whoever read it made nothing of that."""
    body = request.META.get("wsgi.input")
    return body.given_up if isinstance(body, PatientBody) else None
