"""What is asked on the page beyond the demand itself, one question at a time: `?ask=` names it.

A question is a module with `LABEL`, lazy, and `section(filters, actor)`, which gives the context of
`analytics/decisions/<name>.html`.
"""

from types import ModuleType

from analytics.pages.decisions import effects, holdout

# In the order of the page.
QUESTIONS: dict[str, ModuleType] = {
    "effects": effects,
    "holdout": holdout,
}
