"""Numbers in texts that callers send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.common.digits import MAX_INTEGER, number_in


@given(st.integers(0, MAX_INTEGER))
def test_what_a_bigint_holds_is_read(number: int) -> None:
    assert number_in(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1_0", "1.0", "²", "٣", "a", str(MAX_INTEGER + 1), "9" * 100_000]
)
def test_nothing_else_is_a_number(text: str) -> None:
    assert number_in(text) is None
