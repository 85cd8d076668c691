"""The question that was chosen beyond the demand itself, and the ways to the others."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from analytics.pages.choices import Option
from analytics.pages.decisions import QUESTIONS
from analytics.pages.filters import Filters
from analytics.services.asking.kept import NotCountedYet
from config.common.problems import Problem


@dataclass(frozen=True, slots=True)
class Decide:
    """`context` is what the `template` writes out, None where nothing was chosen, or the answer is not there: it is
    asked again after `again` seconds, or `refusal` says why it is none."""

    questions: list[Option]
    title: str = ""
    template: str = ""
    context: dict[str, Any] | None = None
    again: int = 0
    refusal: str = ""


def decide(filters: Filters, actor: User) -> Decide:
    """Asks what was chosen, for these filters."""
    questions = [
        Option(name, str(question.LABEL), name == filters.ask, filters.href("decide", ask=name))
        for name, question in QUESTIONS.items()
    ]
    if not filters.ask:
        return Decide(questions)
    chosen = QUESTIONS[filters.ask]
    named: dict[str, Any] = {"title": str(chosen.LABEL), "template": f"analytics/decisions/{filters.ask}.html"}
    try:
        return Decide(questions, **named, context=chosen.section(filters, actor))
    except NotCountedYet as waits:
        return Decide(questions, **named, again=waits.retry_after)
    except Problem as problem:
        return Decide(questions, **named, refusal=problem.detail)
