"""What does not count in a search."""

import re
import sys
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from config.common.folding import _FOLDING, beginnings, exceptional, fold, is_long, pattern

# Letters of names, and everything that people write between and above them.
NAMES = st.text(
    st.sampled_from("aAáÁàｓsSßﬁfiæœþłŁøıİIėёЁйΣςσ'’ʼ´·` \u00a0\u2003--‑–\u0301\u202b\u200b\u00adأًا김기ᄀ½"),
    max_size=12,
)


@pytest.mark.parametrize(
    ("folded", "written"),
    [
        ("bogota", ["Bogotá", "BOGOTA\u0301", "bogota", " Bogota\u200b"]),
        ("la coruna", ["La Coruña", "la  coruña", "La-Coruna", "La\u00a0CORUÑA"]),
        ("test operson", [f"Test O{mark}Person" for mark in "'’‘ʼʹ´`′＇"] + ["\u202bTest O'Person\u202c"]),
        ("saint denis", [f"Saint{dash}Denis" for dash in "-‐‑‒–—―−"] + ["Saint – Denis", "saint denis"]),
        ("strasse", ["Straße", "STRASSE", "STRAẞE", "straſse"]),
        ("lodz", ["Łódź", "lodz"]),
        ("soren aero", ["Søren Ærø"]),
        ("istanbul", ["İstanbul", "Istanbul", "ıstanbul"]),
        ("алена", ["Алёна", "АЛЕНА"]),
        ("οδυσσευσ", ["Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"]),
        ("احمد", ["أحمد", "احمد", "أَحْمَد", "احـمد"]),
        ("שלום", ["שָׁלוֹם", "שלום"]),
        ("collegi", ["Col·legi", "COL·LEGI"]),
        ("がか", ["がか"]),
        ("", ["", "'", " - ", "\u202b"]),
    ],
)  # fmt: skip
def test_a_text_is_the_same_however_people_type_it(folded: str, written: list[str]) -> None:
    # As Python and PostgreSQL write it: what is a letter in its script is decomposed and stays.
    assert {fold(text) for text in written} == {unicodedata.normalize("NFKD", folded)}


def test_letters_that_differ_stay_different() -> None:
    assert len({fold(text) for text in ("か", "が", "n", "m", "а", "a", "ი", "O Person", "OPerson", "%", "_")}) == 11


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_character_that_is_made_another_is_known() -> None:
    known = set(_FOLDING)
    changed = {char for char in map(chr, range(1, sys.maxunicode + 1)) if fold(char) != char}
    assert [hex(ord(char)) for char in changed if ord(char) not in known] == []


def is_found(text: str, folded: str) -> bool:
    """As `Begins` puts it together."""
    if not text or ord(text[0]) not in beginnings(folded):
        return False
    same = fold(text).startswith(folded)
    matches = re.search(pattern(folded), text)
    return bool((matches and (same or not is_long(folded))) or (re.search(exceptional(), text) and same))


@given(NAMES, NAMES)
@example("Jean -  Paul", "jean paul")
@example("ßﬁ", "s")
def test_a_regular_expression_finds_what_folding_finds(text: str, words: str) -> None:
    assume(folded := fold(words))
    for one in (text, words + text, words):
        assert is_found(one, folded) == fold(one).startswith(folded), one
