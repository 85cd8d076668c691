"""How many of something: one is one."""

import pytest
from django.template.loader import render_to_string

from analytics.pages.sections.unplaced import towns_to_settle
from analytics.services.placing.unplaced_towns import UnplacedTown
from config.common.words import counted


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (1, ("town",), "1 town"),
        (0, ("town",), "0 towns"),
        (12345, ("town",), "12,345 towns"),
        (1, ("city", "cities"), "1 city"),
        (2, ("city", "cities"), "2 cities"),
    ],
)
def test_one_is_one_and_more_are_more(number: int, words: tuple[str, ...], said: str) -> None:
    assert counted(number, *words) == said


@pytest.mark.parametrize(("courses", "said"), [(1, "1 course</small>"), (2, "2 courses</small>")])
def test_a_town_of_one_course_says_so(courses: int, said: str) -> None:
    towns = towns_to_settle([UnplacedTown("Nowhere", 1, courses, [])])
    assert said in render_to_string("analytics/_towns.html", {"towns": towns})
