"""Plans that somebody keeps under a name, as they were answered then."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from analytics.models import Plan
from analytics.models.plans import LONGEST_NAME
from analytics.querysets import PlanQuerySet
from analytics.services.asking.find_demand import is_restricted
from analytics.services.deciding.plan import Budget, make_plan, make_published_plan
from config.common.problems import Conflict, FieldError, InvalidInput, NotFound
from config.common.texts import gettext as _

DELETE_OTHERS = "analytics.delete_shared_plan"
# Of one person.
MOST_PLANS = 200

logger = structlog.get_logger(__name__)


def keep_plan(*, budget: Budget, name: str, is_shared: bool = False, actor: User) -> Plan:
    """Keeps the plan as it is answered now under `name`, with the costs that hold.

    Raises `InvalidInput` and whatever `make_plan` raises, `Conflict` where the actor has a plan of this name already,
    or too many.
    """
    named = _cleaned(name)
    planned = make_plan(budget=budget, actor=actor)
    published = planned if is_restricted(actor) else make_published_plan(budget=budget)
    plan = Plan(
        name=named,
        owner=actor,
        is_shared=is_shared,
        body=replace(budget, costs=planned.costs).body,
        answer=planned.answer,
        published=published.answer,
    )
    with transaction.atomic():
        # One at a time for each person: so that the limit holds.
        User.objects.select_for_update().get(pk=actor.pk)
        if Plan.objects.filter(owner=actor).count() >= MOST_PLANS:
            raise Conflict(_("You have %(most)s plans. Delete one first.") % {"most": str(MOST_PLANS)})
        _save(plan)
    logger.info("plan_kept", user_id=actor.pk, plan_id=plan.pk)
    return plan


def plans_of(actor: User) -> PlanQuerySet:
    """Lists the actor's own and what others share, the newest first, with the sums that the actor may see."""
    return Plan.objects.visible_to(actor).with_totals(restricted=is_restricted(actor))


def find_plan(*, plan_id: int, actor: User) -> Plan:
    """Finds one of these. Raises `NotFound` also where the actor may not know of it."""
    found = Plan.objects.visible_to(actor).filter(pk=plan_id).first()
    if found is None:
        raise NotFound(_("There is no such plan."))
    return found


def answer_for(plan: Plan, actor: User) -> dict[str, Any]:
    """Gives the answer that `actor` may see, whoever kept it."""
    answer: dict[str, Any] = plan.published if is_restricted(actor) else plan.answer
    return answer


def change_plan(*, plan_id: int, values: Mapping[str, Any], actor: User) -> Plan:
    """Gives the actor's plan a new `name`, shares it or no longer (`is_shared`). Raises `NotFound`, `InvalidInput`, and
    `Conflict` where another of the actor's is called so."""
    found = _own(plan_id, actor)
    found.name = _cleaned(values.get("name", found.name))
    found.is_shared = values.get("is_shared", found.is_shared)
    _save(found)
    return found


def delete_plan(*, plan_id: int, actor: User) -> None:
    """Deletes the actor's plan; who has `DELETE_OTHERS` may delete what others share. Raises `NotFound`."""
    found = find_plan(plan_id=plan_id, actor=actor) if actor.has_perm(DELETE_OTHERS) else _own(plan_id, actor)
    found.delete()
    logger.info("plan_deleted", user_id=actor.pk, plan_id=plan_id)


def _own(plan_id: int, actor: User) -> Plan:
    found = find_plan(plan_id=plan_id, actor=actor)
    if found.owner_id != actor.pk:
        raise NotFound(_("There is no such plan of yours."))
    return found


def _save(plan: Plan) -> None:
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        told = _("You have a plan of this name already.")
        raise Conflict(told, errors=[FieldError("/name", "duplicate_name", told)]) from error


def _cleaned(name: str) -> str:
    cleaned = " ".join(name.replace("\0", "").split())
    if not 0 < len(cleaned) <= LONGEST_NAME:
        told = _("1 to %(most)s characters are a name.") % {"most": str(LONGEST_NAME)}
        raise InvalidInput(_("The plan was not kept."), errors=[FieldError("/name", "invalid", told)])
    return cleaned
