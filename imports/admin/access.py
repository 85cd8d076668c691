"""Who is signed in, what they may see, and how a service's refusal is shown: what every page here asks of a request."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest

from config.common.digits import number_in
from config.common.http.callers import acting
from config.common.problems import NotFound, Problem
from imports.models import Import
from imports.querysets import SEE_ALL, SEE_OWN


def may_see_residents(request: HttpRequest) -> bool:
    """Whether the user may see residents, of all deliveries or of their own."""
    user = acting(request)
    return user.has_perm(SEE_ALL) or user.has_perm(SEE_OWN)


def open_delivery(request: HttpRequest, text: str | None) -> Import | None:
    """The delivery of this number whose residents the user may see."""
    number = number_in(text or "")
    if number is None:
        return None
    return Import.objects.whose_citizens_are_open_to(acting(request)).filter(pk=number).first()


def carry_out(request: HttpRequest, work: Callable[[], str]) -> bool:
    """Does what a service does and says its sentence, or why it was refused. Raises `Http404` for what is not there."""
    try:
        messages.success(request, work())
    except NotFound as problem:
        raise Http404(problem.detail) from problem
    except Problem as problem:
        messages.error(request, problem.detail)
        return False
    return True
