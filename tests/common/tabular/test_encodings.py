"""Which encoding a text has, and where that is not certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.common.problems import InvalidInput
from config.common.tabular.encodings import (
    SAMPLE_BYTES,
    encoding_of,
    guessed_utf8,
    named_encoding,
    utf8,
)

SPANISH = "La Coruña; PEÑA; 2º Ñandú; Núñez’s «x»; l·l"
WESTERN = [SPANISH, "Düsseldorf; Großmann", "São Paulo; Camões", "Générès; Crèche", "Sørensen; Åse", "à Nîmes"]
CYRILLIC = ["Москва, улица Льва Толстого 16к7стр5", "Київ, вулиця Хрещатик", "ИВАНОВ И. И.", "№ 7 «Ромашка»"]
OTHERS = [
    ("Kovačić", "cp1250"), ("Nováček", "cp1250"), ("Dvořák", "cp1250"), ("Łódź", "cp1250"), ("Gdańsk", "cp1250"),
    ("Erdős", "cp1250"), ("İstanbul", "cp1254"), ("Ayşe", "cp1254"), ("Šiauliai", "cp1257"), ("Αθήνα", "cp1253"),
    ("Москва", "koi8-r"), ("МОСКВА УЛИЦА ЛЕНИНА", "koi8-r"), ("Москва", "cp866"), ("Málaga", "cp850"),
    ("García", "mac-roman"), ("à", "cp1252"), ("и", "cp1251"), ("Cергей Москва", "cp1251"), ("日本", "shift-jis"),
]  # fmt: skip


@pytest.mark.parametrize("text", WESTERN)
def test_western_words_are_windows_1252(text: str) -> None:
    assert encoding_of(text.encode("cp1252")) == "cp1252"


@pytest.mark.parametrize("text", CYRILLIC)
def test_cyrillic_words_are_windows_1251(text: str) -> None:
    assert encoding_of(text.encode("cp1251")) == "cp1251"


@pytest.mark.parametrize(("text", "encoding"), OTHERS)
def test_nothing_is_said_of_what_could_be_something_else(text: str, encoding: str) -> None:
    assert encoding_of(text.encode(encoding)) is None


def test_one_word_that_does_not_fit_makes_all_of_it_uncertain() -> None:
    assert encoding_of(f"{SPANISH} Łódź".encode("cp1250", "ignore") + b"\xb3\xf3d\x9f") is None
    assert encoding_of("Москва".encode("cp1251") + b" M\xe1laga") is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_utf_8_is_taken_for_nothing_else(text: str) -> None:
    assert encoding_of(text.encode()) == "utf-8"


@given(st.text(st.sampled_from("aé\n;ñ"), max_size=30), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_text_comes_out_as_utf_8_whatever_the_pieces(text: str, encoding: str) -> None:
    body = text.encode(encoding)
    for size in (1, 3, 100):
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        assert b"".join(guessed_utf8(pieces, strict=True)) == text.encode()
        assert b"".join(utf8(pieces)) == (text.encode() if encoding != "utf-16" or body else b"")


def test_the_sample_begins_with_the_first_line_beyond_ascii_and_may_end_within_a_character() -> None:
    late = b"x\n" * SAMPLE_BYTES + "Málaga\n".encode("cp1252")
    assert b"".join(guessed_utf8([late], strict=True)).endswith("Málaga\n".encode())
    long = "é" * SAMPLE_BYTES
    assert b"".join(guessed_utf8([b"x" + long.encode()], strict=True)).decode() == "x" + long


def test_a_word_that_the_sample_would_cut_is_left_out_of_it() -> None:
    body = f"Málaga\n{'x' * (SAMPLE_BYTES - 11)}\nSeñor\n".encode("cp1252")
    assert body.index(b"\xf1") == SAMPLE_BYTES - 1
    assert b"".join(guessed_utf8([body], strict=True)).endswith("Señor\n".encode())


def test_a_doubt_is_an_error_or_passes_the_bytes_on() -> None:
    body = b"a\nb\n\xb3\xf3d\x9f\n"
    assert b"".join(guessed_utf8([body], strict=False)) == body
    with pytest.raises(InvalidInput) as refusal:
        list(guessed_utf8([body], strict=True))
    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("line 3", "unknown_encoding")]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("UTF-8", "utf-8"), ("utf8", "utf-8"), ("utf-16", "utf-16-le"), ("Windows-1252", "cp1252"), ("cp1251", "cp1251"),
     ("latin-1", None), ("rot13", None), ("x" * 1000, None), ("a\0", None), ("", None)],
)  # fmt: skip
def test_encodings_have_the_names_that_callers_use(name: str, codec: str | None) -> None:
    assert named_encoding(name) == codec
