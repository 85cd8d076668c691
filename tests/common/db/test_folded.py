"""PostgreSQL folds texts as Python does."""

import sys
import unicodedata

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.common.db.folded import Begins, ExactFirst, _folding
from config.common.folding import fold
from tests.common.test_folding import NAMES

pytestmark = pytest.mark.django_db
only_reads = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What this Python does not know yet PostgreSQL may know.
known = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0")


def folded_by_postgresql(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_folding('text')} FROM unnest(%s) WITH ORDINALITY AS t (text, n) ORDER BY n", [texts])
        return [folded for (folded,) in cursor.fetchall()]


def test_each_character_is_folded_as_in_python() -> None:
    chars = [char for char in map(chr, range(1, sys.maxunicode + 1)) if unicodedata.category(char) not in {"Cn", "Cs"}]
    folded = folded_by_postgresql(chars)
    different = [(hex(ord(char)), one) for char, one in zip(chars, folded, strict=True) if one != fold(char)]
    assert different == []


@only_reads
@given(st.lists(st.text(known) | NAMES, min_size=1, max_size=20))
def test_each_text_is_folded_as_in_python(texts: list[str]) -> None:
    assert folded_by_postgresql(texts) == [fold(text) for text in texts]


USERS = [
    "Irma", "irma", "ırma", "Sára", "ſára", "ßeta", "ss", "Émile", "E\u0301mile", "Emile", "Юлия", "Ёлка", "елка",
    "O'Person", "O’Person Ann", "\u202bOʼPerson\u202c", "O Person", " Jean–Luc", "jean luc  x", "김", "기", "%a", "_b",
    "a" * 40, "a" * 40 + "b", "Á" * 39 + "'ab", "ﬁ", "1/2", "½",
]  # fmt: skip


@pytest.fixture
def users() -> None:
    User.objects.bulk_create(User(username=name) for name in USERS)


@only_reads
@given(words=st.sampled_from(USERS), length=st.integers(1, 50), whole=st.booleans())
def test_a_column_is_found_by_how_it_begins_or_by_the_whole(users: None, words: str, length: int, whole: bool) -> None:
    if not (folded := fold(words[:length])):
        return
    rows = User.objects.filter(Begins("username", folded, whole=whole)).values_list("username", flat=True)
    same = [name for name in USERS if (fold(name) == folded if whole else fold(name).startswith(folded))]
    assert sorted(rows) == sorted(same)


@pytest.mark.parametrize(("words", "found"), [("PERSÓN", 4), ("o`person", 3), ("–luc", 2), ("n luc", 2), ("'", 0)])
def test_a_column_is_found_by_a_part(users: None, words: str, found: int) -> None:
    rows = User.objects.filter(username__folded=words)
    assert [rows.count(), all(fold(words) in fold(row.username) for row in rows)] == [found, True]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Malaga", ["Malaga", "MALAGA", "Málaga"]),
        ("málaga", ["Málaga", "Malaga", "MALAGA"]),
        (" MALAGA ", ["MALAGA", "Malaga", "Málaga"]),
    ],
)
def test_the_exact_spelling_is_the_first_and_another_case_the_next(words: str, names: list[str]) -> None:
    User.objects.bulk_create(User(username=name) for name in ("Málaga", "Malaga", "MALAGA"))
    for lookup in ("exact", "startswith", "contains"):
        rows = User.objects.filter(username__folded=words).order_by(ExactFirst(["username"], words, lookup), "pk")
        assert [row.username for row in rows] == names
