"""Spellings that are one town, or one channel."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.common.spellings import MAX_FOLD, fold
from imports.models import Citizen

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("spelling", "folded"),
    [
        ("Bogotá", "bogotá"),
        ("BOGOTÁ", "bogotá"),
        ("  bogota\N{COMBINING ACUTE ACCENT} ", "bogotá"),
        ("\N{NO-BREAK SPACE}Bogotá\N{NO-BREAK SPACE}", "bogotá"),
        ("Bogo\N{SOFT HYPHEN}tá\N{ZERO WIDTH NO-BREAK SPACE}", "bogotá"),
        ("San\t \N{NARROW NO-BREAK SPACE}José\n", "san josé"),
        ("ＴikTok", "tiktok"),
        ("Gießen", "giessen"),
        ("ﬁlm", "film"),
        ("ΟΔΟΣ", "οδοσ"),
        ("Bogota", "bogota"),
        ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}", "صلى الله عليه وسلم"),
    ],
)
def test_what_is_one_spelling_to_people_is_one_fold(spelling: str, folded: str) -> None:
    assert fold(spelling) == folded


@given(texts)
def test_what_is_folded_stays_as_it_is_and_fits_its_column(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert len(fold(text * 30)) <= MAX_FOLD
    assert fold(fold(text * 30)) == fold(text * 30)


@given(texts, st.sampled_from(FORMS), st.sampled_from(["", " ", "\N{NO-BREAK SPACE}\t"]))
def test_composed_or_not_and_with_spaces_around_it_is_the_same(text: str, form: Form, space: str) -> None:
    # Where characters are dropped, others meet and compose: what was written so is another text.
    assume(not any(unicodedata.category(character) == "Cf" for character in text))
    assert fold(space + unicodedata.normalize(form, text) + space) == fold(text)


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_the_quick_way_for_ascii_is_the_long_one(text: str) -> None:
    assert fold(text) == fold(f"{text}\N{SOFT HYPHEN}")


def test_a_town_that_a_delivery_may_have_has_a_fold() -> None:
    """At least one letter or digit, in any script."""
    points = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF and chr(point).isalnum()]
    assert [hex(point) for point in points if not fold(chr(point))] == []
    assert Citizen._meta.get_field("town").max_length == MAX_FOLD
