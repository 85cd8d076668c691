"""What is asked on the page beyond the demand itself, one question at a time: `?ask=` names it.

A question is a module with `LABEL`, lazy, and `section(filters, actor)`, which gives the context of
`analytics/decisions/<name>.html`. One that belongs into the report to hand on has `report(filters, actor)` too, which
gives its `Part`, or nothing where nothing was asked.
"""

from types import ModuleType

from analytics.pages.decisions import calendar, catchments, changes, effects, flows, holdout, plan

# In the order of the page.
QUESTIONS: dict[str, ModuleType] = {
    "effects": effects,
    "calendar": calendar,
    "flows": flows,
    "catchments": catchments,
    "changes": changes,
    "plan": plan,
    "holdout": holdout,
}
