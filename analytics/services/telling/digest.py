"""The week in figures, as its reader may see them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from analytics.services.asking.find_demand import find_demand, find_opportunities
from analytics.services.asking.questions import Question
from imports.models import Import

TOP = 5
_WEEK = timedelta(days=7)
# A mail leaves the house: it names no segment that is somebody, whoever reads it.
_LEAST = 30


def digest(reader: User, data: Mapping[str, Any]) -> dict[str, Any]:
    """Reads the current picture: all residents and courses in it, where to advertise next, and how many deliveries
    became complete in the last seven days."""
    whole = find_demand(question=Question(group_by=(), with_expected=False), actor=reader)
    best = find_opportunities(question=Question(limit=TOP, min_residents=_LEAST), actor=reader)
    complete = Import.objects.live().filter(completed_at__gte=timezone.now() - _WEEK)
    return {
        "residents": whole.rows[0].residents if whole.rows else 0,
        "courses": whole.rows[0].courses if whole.rows else 0,
        "deliveries": complete.count(),
        "segments": [
            {
                **row.keys,
                "residents": row.residents,
                "courses": row.courses,
                "index": row.index,
                "expected_index": row.expected_index,
            }
            for row in best.rows
            if not row.is_other
        ],
    }
