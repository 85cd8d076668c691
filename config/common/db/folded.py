"""`config.common.folding` in PostgreSQL: the expression that folds a column, lookups by it, and what ranks first."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import BooleanField, F, Func, IntegerField, TextField
from django.db.models.fields import CharField
from django.db.models.lookups import BuiltinLookup

from config.common import folding


def _folding(text: str) -> str:
    """SQL of what `folding.fold` does with the SQL `text`, which stands in it four times."""
    plain = f"lower(normalize(regexp_replace({text}, '[{folding.ACCENTS}]', '', 'g'), NFKD))"
    plain = f"translate({plain}, '{folding.SINGLES[0]}', '{folding.SINGLES[1]}')"
    for letter, pair in folding.PAIRS.items():
        plain = f"replace({plain}, '{letter}', '{pair}')"
    # Most texts are ASCII alone, which takes a third of the time.
    plain = f"CASE WHEN octet_length({text}) = length({text}) THEN lower({text}) ELSE {plain} END"
    plain = f"regexp_replace({plain}, '[{folding.DROPPED}]', '', 'g')"
    # Not the single blank, which stays as it is.
    gap = f"[{folding.GAPS}][ {folding.GAPS}]*| [ {folding.GAPS}]+"
    return f"btrim(regexp_replace({plain}, '{gap}', ' ', 'g'), ' ')"


class Folded(Func):
    """The text without what does not count in a search; 2 to 6 µs a row. Immutable, so a generated column may be it."""

    arity = 1
    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        text, params = compiler.compile(self.get_source_expressions()[0])
        return _folding(text), [*params] * 4


class FoldedText(TextField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Texts that are folded already."""


class _FoldedContains(BuiltinLookup):
    """`name__folded=words`: whether `words` are in the text, both folded. Nothing is in no text."""

    lookup_name = "folded"
    prepare_rhs = False

    def get_prep_lookup(self) -> str:
        return folding.fold(str(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        text, params = self.folded_text(compiler, connection)
        return f"(strpos({text}, %s) > 0 AND %s <> '')", [*params, self.rhs, self.rhs]

    def folded_text(self, compiler: Any, connection: Any) -> Any:
        """SQL of what is looked into."""
        return compiler.compile(Folded(self.lhs))


class _Contains(_FoldedContains):
    def folded_text(self, compiler: Any, connection: Any) -> Any:
        return self.process_lhs(compiler, connection)


CharField.register_lookup(_FoldedContains)
TextField.register_lookup(_FoldedContains)
FoldedText.register_lookup(_Contains)


class Begins(Func):
    """Whether a column, folded, begins with `folded`; with `whole`, whether it is that.

    For a million rows that nobody folded. By the first character most rows are passed over; the rest is compared by a
    regular expression, and folded only where it cannot tell.
    """

    output_field = BooleanField()

    def __init__(self, column: str, folded: str, *, whole: bool = False) -> None:
        super().__init__(F(column))
        self._folded, self._whole = folded, whole

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        text = compiler.compile(self.get_source_expressions()[0])[0]
        same = f"{_folding(text)} = %s" if self._whole else f"starts_with({_folding(text)}, %s)"
        rest = f"AND {same}" if folding.is_long(self._folded) else ""
        sql = f"""CASE WHEN ascii({text}) = ANY (%s) THEN {text} ~ %s {rest}
            OR octet_length({text}) > length({text}) AND {text} ~ %s AND {same} ELSE false END"""
        regex, again = folding.pattern(self._folded, whole=self._whole), [self._folded] if rest else []
        return sql, [folding.beginnings(self._folded), regex, *again, folding.exceptional(), self._folded]


class ExactFirst(Func):
    """An order: 0 where `words` are in one of the columns as they are written, 1 in another case, 2 elsewhere.

    `lookup` is `exact`, `startswith` or `contains`.
    """

    # Text, not a tree of expressions, which Django takes as long to resolve as PostgreSQL to look through a table.
    _LOOKUPS: ClassVar = {"exact": ("=", "{}"), "startswith": ("LIKE", "{}%"), "contains": ("LIKE", "%{}%")}
    output_field = IntegerField()

    def __init__(self, columns: Sequence[str], words: str, lookup: str) -> None:
        super().__init__(*map(F, columns))
        self._words, (self._operator, self._pattern) = words.strip(), self._LOOKUPS[lookup]

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> Any:
        texts = [compiler.compile(expression)[0] for expression in self.get_source_expressions()]
        found = " OR ".join(f"{text} {self._operator} ANY (%s)" for text in texts)
        escape = connection.ops.prep_for_like_query if self._operator == "LIKE" else str
        alike = [self._pattern.format(escape(one)) for one in folding.spellings(self._words)]
        params = [*[alike[:1]] * len(texts), *[alike] * len(texts)]
        return f"CASE WHEN {found} THEN 0 WHEN {found} THEN 1 ELSE 2 END", params
