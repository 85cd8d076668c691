"""Where something is wrong in a delivery, as staff read it."""

import re

import pytest

from imports.services.loading.error_positions import place_of, position_of
from tests.factories import ImportFactory
from tests.imports.admin.people import browser, somebody, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/citizens/1/town", "entry 2 · town"),
        ("/citizens/0", "entry 1"),
        ("/citizens/2/relatives/0", "entry 3 · relatives · number 1"),
        ("/citizens/2/a~1b~01\n", "entry 3 · a/b~1\n"),
        ("/citizens", "citizens"),
        ("line 17", "line 17"),
        ("row 17", "row 17"),
        ("line 17/birth_date", "line 17 · birth_date"),
        ("line 17/friends/4", "line 17 · friends · number 5"),
        ("?source", "source"),
        ("", "the whole"),
        (f"/citizens/1/friends/{'9' * 5000}", f"entry 2 · friends · {'9' * 5000}"),
    ],
)
def test_people_count_from_one_and_read_no_pointers(pointer: str, words: str) -> None:
    assert position_of(pointer) == words


@pytest.mark.parametrize(
    ("pointer", "citizen_id", "words"),
    [
        ("/citizens/3", "17", "entry 4, resident 17"),
        ("line 5", "seventeen", "line 5, resident seventeen"),
        ("row 5", " ", "row 5"),
    ],
)
def test_a_row_is_named_by_its_place_and_by_the_id_that_stands_there(pointer: str, citizen_id: str, words: str) -> None:
    assert place_of(pointer, citizen_id) == words


def test_the_page_of_a_refused_delivery_names_residents_and_lines() -> None:
    errors = [{"pointer": one, "code": "c", "detail": "Wrong."} for one in ("/citizens/1/town", "line 17/town", "")]
    row = ImportFactory(status="failed", errors=errors)
    shown = text(browser(somebody("Managers")).get(f"/admin/imports/import/{row.pk}/change/"))
    assert re.findall(r"<li><span[^>]*>([^<]*)</span> · Wrong.</li>", shown) == [
        "Entry 2 · town", "Line 17 · town", "The whole",
    ]  # fmt: skip
