"""Sentences that are said in the language of whoever reads them."""

import json
from typing import Any

import pytest
from django.utils.formats import number_format
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from config.common.problems import FieldError, InvalidInput, told, told_stored
from config.common.texts import Text, both, either, labelled, ngettext, restored, said, spoken, stored
from config.common.texts import gettext as _
from tests.translations import LANGUAGES, marked

_NAMES = st.sampled_from(["most", "found", "names"])


def _texts(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Text]:
    values = st.dictionaries(_NAMES, st.one_of(st.integers(0, 10**9), st.text(max_size=5), inner), min_size=1)
    return values.map(lambda found: Text("; ".join(f"%({name})s" for name in found)) % found)


TEXTS = st.recursive(st.sampled_from(["It is wrong.", "100 % of it."]).map(_), _texts, max_leaves=5)


def test_it_is_its_english_for_who_compares_it() -> None:
    text = _("At most %(most)s of %(what)s.") % {"most": 12_345, "what": _("ids")}
    assert (text, str(text), f"{text}", {text: 1}) == (english := "At most 12,345 of ids.",) * 3 + ({english: 1},)
    assert json.dumps([text]) == f'["{english}"]'


def test_it_is_said_in_the_language_that_is_active_with_all_that_fills_it() -> None:
    text = labelled("town (Ciudad)", _("At most %(most)s, %(what)s.") % {"most": 12_345, "what": either(["a", "b"])})
    with marked(), override("es"):
        number = number_format(12_345, force_grouping=True)
        assert said(text) == f"es‹town (Ciudad): es‹At most {number}, es‹a or b›.››"
    with override("en"):
        assert said(text) == text == "town (Ciudad): At most 12,345, a or b."


def test_who_is_many_is_many_in_every_language() -> None:
    one, many = (ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count} for count in (1, 2))
    assert [str(one), str(many), restored(stored(many))] == ["1 hour", "2 hours", "2 hours"]
    with marked(), override("ru"):
        assert [said(restored(stored(one))), said(many)] == ["ru‹1 hour›", "ru‹2 hours›"]


def test_names_are_joined_as_a_language_joins_them() -> None:
    assert [either(["a"]), either(["a", "b", "c"]), both(["a", "b"])] == ["a", "a or b or c", "a and b"]


@given(text=TEXTS)
@settings(deadline=None)
def test_what_is_stored_is_said_as_it_was(text: Text) -> None:
    again = restored(json.loads(json.dumps(stored(text))))
    page = json.loads(json.dumps({"why": [stored(text)], "cells": ["msgid", str(text)]}))
    with marked():
        for language in LANGUAGES:
            with override(language):
                assert (said(again), spoken(page)) == (said(text), {"why": [said(text)], "cells": ["msgid", str(text)]})
    assert again == text


@given(text=TEXTS)
@settings(deadline=None)
def test_an_error_is_stored_with_its_english_and_told_in_each_language(text: Text) -> None:
    error = FieldError("/town", "invalid", text)
    kept = json.loads(json.dumps(error.stored()))
    assert (kept["detail"], FieldError.from_stored(kept)) == (text, error)
    with marked():
        for language in LANGUAGES:
            with override(language):
                assert (
                    told_stored([kept])
                    == told([error])
                    == [{"pointer": "/town", "code": "invalid", "detail": said(text)}]
                )


def test_an_error_of_the_former_release_is_looked_up_by_its_english() -> None:
    with marked(), override("es"):
        (error,) = told_stored([{"pointer": "/town", "code": "required", "detail": "This field is required."}])
    assert error["detail"] == "es‹This field is required.›"


def test_a_refusal_is_english_in_logs_and_said_to_its_reader() -> None:
    refusal = InvalidInput(_("At most %(most)s.") % {"most": 1_000})
    with marked(), override("ru"):
        number = number_format(1_000, force_grouping=True)
        assert (str(refusal), refusal.detail) == ("At most 1,000.", f"ru‹At most {number}.›")


def test_what_is_no_text_stays_as_it_is() -> None:
    with marked(), override("es"):
        assert (said("plain"), spoken([1, None, "plain"]), stored("plain")) == ("plain", [1, None, "plain"], "plain")


def test_a_sentence_that_lacks_what_fills_it_is_seen_at_once() -> None:
    with pytest.raises(KeyError):
        _("%(most)s at most.") % {"least": 1}
