"""`/analytics/plans`: plans that were kept."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from analytics.api.base import TAG, QuestionViewSet
from analytics.api.decisions.plan import plan_table
from analytics.api.decisions.plan_body import (
    KeptPlanBodySerializer,
    KeptPlanChangesSerializer,
    KeptPlanItemSerializer,
    KeptPlanSerializer,
    budget_from,
)
from analytics.api.decisions.plan_examples import KEPT, KEPT_BODY, KEPT_CHANGE, KEPT_LIST
from analytics.models import Plan
from analytics.services.asking.questions import Question
from analytics.services.deciding.kept_plans import (
    answer_for,
    change_plan,
    delete_plan,
    find_plan,
    keep_plan,
    plans_of,
)
from config.common.http.bodies import read_body
from config.common.http.documents import read_object, read_values
from config.common.http.moments import moment
from config.common.http.pagination import PageQuery, page_response
from config.common.http.paths import SEGMENT, path_id
from config.common.http.schema import TABLE_ANSWERS, data_of, page_of
from config.common.http.tables import TABLE_FORMATS, TABLES, table_response
from config.common.idempotency.api import idempotent

_PLAN_ID = OpenApiParameter("plan_id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Its number.")
_DETAIL = data_of(KeptPlanSerializer(), "KeptPlanDetail")
_LISTED = ("id", "name", "shared", "owner", "kept_at", "budget", "max_share", "min_residents")
# Columns of the sums.
_SUMS = ("segments", "residents", "reached", "spend", "expected_courses", "expected_low", "expected_high")


class PlanKeptViewSet(QuestionViewSet):
    """Plans that were kept, one's own and those that others share: list, keep, read, rename, share, delete."""

    permissions = {
        "list": ("analytics.view_plan",),
        "create": ("analytics.add_plan",),
        "retrieve": ("analytics.view_plan",),
        "partial_update": ("analytics.change_plan",),
        "destroy": ("analytics.delete_plan",),
    }
    queries = {"list": PageQuery}
    bodies = {"create": KeptPlanBodySerializer, "partial_update": KeptPlanChangesSerializer}
    renderers = {"list": (JSONRenderer, *TABLES), "retrieve": (JSONRenderer, *TABLES)}
    import_pointer = "/filters/import_id"
    lookup_field = "plan_id"
    lookup_value_regex = SEGMENT

    @extend_schema(
        summary="List the plans",
        description="One's own and those that others share, the newest first. As CSV or XLSX: all of them.",
        tags=[TAG],
        parameters=[PageQuery],
        examples=[KEPT_LIST],
        responses={(200, "application/json"): page_of(KeptPlanItemSerializer, "KeptPlanPage"), **TABLE_ANSWERS},
    )
    def list(self, request: Request) -> HttpResponseBase:
        query, rows = self.query(), plans_of(self.actor)
        if self.format not in TABLE_FORMATS:
            return page_response(request, rows, query, self._item)
        items = map(self._item, rows.iterator(chunk_size=100))
        lines = ([*(one[name] for name in _LISTED), *(one["total"][name] for name in _SUMS)] for one in items)
        return table_response(self.format, name="plans", header=[*_LISTED, *_SUMS], rows=lines)

    @extend_schema(
        summary="Keep a plan",
        description=(
            "Answers it as `POST /analytics/plan` does, and keeps the answer, with the costs that held. A plan that is "
            "shared shows whoever may not see residents the answer of published figures. 409 where you have a plan of "
            "this name."
        ),
        tags=[TAG],
        request=KeptPlanBodySerializer,
        examples=[KEPT_BODY, KEPT],
        responses={201: _DETAIL},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = self._values(complete=True)
        made = keep_plan(
            budget=budget_from(values), name=values["name"], is_shared=values.get("shared", False), actor=self.actor
        )
        where = reverse("plan-detail", kwargs={"plan_id": made.pk})
        return Response({"data": self._detail(made)}, status=status.HTTP_201_CREATED, headers={"Location": where})

    @extend_schema(
        summary="Read a plan",
        description="As it was answered when it was kept. As CSV or XLSX: its segments.",
        tags=[TAG],
        parameters=[_PLAN_ID],
        examples=[KEPT],
        responses={(200, "application/json"): _DETAIL, **TABLE_ANSWERS},
    )
    def retrieve(self, request: Request, plan_id: str) -> HttpResponseBase:
        found = find_plan(plan_id=path_id(plan_id), actor=self.actor)
        self.query()
        if self.format not in TABLE_FORMATS:
            return Response({"data": self._detail(found)})
        columns = Question(group_by=tuple(found.body["group_by"])).columns
        return plan_table(self.format, "plan", columns, answer_for(found, self.actor)["segments"])

    @extend_schema(
        summary="Rename a plan, share it or keep it to oneself",
        description="One's own: 404 for those of others. At least one field. 409 for a name of another plan of yours.",
        tags=[TAG],
        parameters=[_PLAN_ID],
        request=KeptPlanChangesSerializer,
        examples=[KEPT_CHANGE, KEPT],
        responses={200: _DETAIL},
    )
    def partial_update(self, request: Request, plan_id: str) -> Response:
        found = find_plan(plan_id=path_id(plan_id), actor=self.actor)
        values = self._values(complete=False)
        given = {field: values[name] for name, field in (("name", "name"), ("shared", "is_shared")) if name in values}
        return Response({"data": self._detail(change_plan(plan_id=found.pk, values=given, actor=self.actor))})

    @extend_schema(
        summary="Delete a plan",
        description="One's own; Managers also those that others share.",
        tags=[TAG],
        parameters=[_PLAN_ID],
        responses={204: None},
    )
    def destroy(self, request: Request, plan_id: str) -> Response:
        found = find_plan(plan_id=path_id(plan_id), actor=self.actor)
        self.query()
        delete_plan(plan_id=found.pk, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _values(self, *, complete: bool) -> dict[str, Any]:
        body = read_body(self.request, max_bytes=settings.BODY_MAX_BYTES)
        self.query()
        return read_values(read_object(body), self.bodies[self.action], complete=complete)

    def _item(self, plan: Plan) -> dict[str, Any]:
        return {**_plan_row(plan), "total": vars(plan)["total"]}

    def _detail(self, plan: Plan) -> dict[str, Any]:
        return {**_plan_row(plan), "answer": answer_for(plan, self.actor)}


def _plan_row(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "name": plan.name,
        "shared": plan.is_shared,
        "owner": plan.owner.get_username(),
        "kept_at": moment(plan.kept_at),
        **plan.body,
    }
