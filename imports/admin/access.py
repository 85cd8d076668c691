"""Who is signed in, what they may see, and how a service's refusal is shown: what every page here asks of a request."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest

from config.common.problems import NotFound, Problem
from imports.models import Import
from imports.querysets import SEE_ALL, SEE_OWN

_LARGEST_ID = 2**63 - 1


def user_of(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)


def may_see_residents(request: HttpRequest) -> bool:
    """Whether the user may see residents, of all deliveries or of their own."""
    user = user_of(request)
    return user.has_perm(SEE_ALL) or user.has_perm(SEE_OWN)


def open_delivery(request: HttpRequest, text: str | None) -> Import | None:
    """The delivery of this number whose residents the user may see."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) > _LARGEST_ID:
        return None
    return Import.objects.whose_citizens_are_open_to(user_of(request)).filter(pk=int(text)).first()


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
