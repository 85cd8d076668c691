"""Groups put together to areas: exact where one knows, between the ends where one does not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.areas import model_of_areas, pairs_of_areas
from analytics.arrays import Ints, Numbers
from analytics.expectation import Model
from analytics.intervals import Pairs
from tests.effort import tries

Drawn = tuple[Pairs, Pairs, Numbers, Ints]


@st.composite
def groups(draw: st.DrawFn) -> Drawn:
    """Groups with the pairs within them and beyond, whose courses are more than none, and the area of each."""
    number = draw(st.integers(1, 6))
    row = st.lists(st.integers(0, 50), min_size=number, max_size=number)
    inner = Pairs(*(np.array(draw(row), dtype=np.float64) for _ in Pairs.__slots__))
    courses = np.array(draw(st.lists(st.integers(1, 50), min_size=number, max_size=number)), dtype=np.float64)
    beyond = draw(st.integers(0, 100)) if number > 1 else 0
    shared = beyond * courses / courses.sum()
    reaching = Pairs(*(getattr(inner, name) + shared for name in Pairs.__slots__))
    of_area = np.array(draw(st.lists(st.integers(0, 2), min_size=number, max_size=number)), dtype=np.int64)
    return inner, reaching, courses, of_area


@settings(max_examples=tries(100), deadline=None)
@given(drawn=groups())
def test_an_area_of_one_group_is_the_group_and_the_area_of_all_has_every_pair(drawn: Drawn) -> None:
    inner, reaching, courses, of_area = drawn
    alone = np.arange(len(courses))
    for name in Pairs.__slots__:
        found = [getattr(one, name) for one in pairs_of_areas(inner, reaching, courses, alone, len(courses))]
        np.testing.assert_array_equal(found, [getattr(one, name) for one in (inner, reaching)])
        within, beyond = (getattr(one, name) for one in pairs_of_areas(inner, reaching, courses, 0 * alone, 1))
        np.testing.assert_allclose([within, beyond], [[getattr(reaching, name).sum()]] * 2)
        parts = [getattr(one, name) for one in pairs_of_areas(inner, reaching, courses, of_area, 3)]
        least = np.bincount(of_area, getattr(inner, name), 3)
        assert (least <= parts[0] + 1e-9).all()
        assert (parts[0] <= parts[1] + 1e-9).all()


def test_pairs_that_reach_others_end_in_the_same_area_by_the_courses_of_these() -> None:
    # Of ten pairs of the first, six tenths of the others' courses are in its area.
    inner, reaching = (Pairs(*(np.array(row, dtype=np.float64),) * 4) for row in ([1, 2, 3], [11, 2, 3]))
    within, beyond = pairs_of_areas(inner, reaching, np.array([5.0, 6.0, 4.0]), np.array([0, 0, 1]), 2)
    np.testing.assert_allclose([within.products, beyond.products], [[9, 3], [13, 3]])


def test_the_model_of_an_area_is_the_mean_of_its_residents() -> None:
    model = Model(np.array([0.5, 2.0, 1.5]), np.array([0.1, 0.2, 0.3]))
    found = model_of_areas(model, np.array([30.0, 10.0, 5.0]), np.array([0, 0, 1]), 2)
    np.testing.assert_allclose(found.rates, [(15 + 20) / 40, 1.5])
    np.testing.assert_allclose(found.variance, [(15 * 0.1 + 20 * 0.2) / 35, 0.3])
