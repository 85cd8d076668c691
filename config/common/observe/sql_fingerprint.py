"""The shape of a query: its SQL without any value, so that the same question asked twice is the same text.

Placeholders are all that a query of ours should have; whatever value stands in its text goes all the same.
"""

import re
from functools import lru_cache

MAX_LENGTH = 4000
_LITERAL = re.compile(
    r"""
    "(?:[^"]|"")*"                              # a name: stays
    | [eE]'(?:[^'\\]|\\.|'')*'                  # texts, of all of PostgreSQL's kinds
    | '(?:[^']|'')*'
    | \$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$
    | --[^\n]*
    | /\*.*?\*/
    | (?<![\w."])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)
    """,
    re.VERBOSE | re.DOTALL,
)
# What PostgreSQL would refuse: a text without its end. Nothing after it is shown.
_OPEN = re.compile(r"'(?!\?).*", re.DOTALL)
_LIST = re.compile(r"\((?:%s|\?|NULL|DEFAULT)(?:::[\w\[\]]+)?(?:\s*,\s*(?:%s|\?|NULL|DEFAULT)(?:::[\w\[\]]+)?)+\)")
_ROWS = re.compile(r"(\((?:…|%s|\?)\))(?:\s*,\s*\((?:…|%s|\?)\))+")
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')


@lru_cache(maxsize=1024)
def shape(sql: str) -> str:
    """`sql` on one line; texts and numbers are `?`, lists of values `(…)`."""
    text = _LITERAL.sub(_masked, sql)
    text = " ".join(_OPEN.sub("?", text).split())
    text = _ROWS.sub(r"\1, …", _LIST.sub("(…)", text))
    text = _SAVEPOINT.sub('"savepoint"', text)
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]} …"


def _masked(found: re.Match[str]) -> str:
    text = found.group()
    if text.startswith('"'):
        return text
    return " " if text.startswith(("--", "/*")) else "?"
