from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatra.kernel.exact import LARGEST, is_rounded, join, split

FIGURES = st.decimals(-LARGEST + 1, LARGEST - 1, allow_nan=False, allow_infinity=False, places=18)


@given(FIGURES)
def test_a_figure_comes_back_as_it_went(value):
    whole, nano, atto = split(value)
    assert join(whole, nano, atto) == value and 0 <= nano < 10**9 and 0 <= atto < 10**9


@given(st.lists(FIGURES, min_size=2, max_size=20))
def test_sums_of_parts_are_parts_of_sums(values):
    from decimal import localcontext

    parts = [split(value) for value in values]
    with localcontext(prec=80):
        assert join(*(sum(column) for column in zip(*parts, strict=True))) == sum(values)


def test_what_binary_floats_get_wrong():
    assert join(*(sum(c) for c in zip(*[split(Decimal("0.1"))] * 3, strict=True))) == Decimal("0.3")
    assert 0.1 + 0.1 + 0.1 != 0.3  # the control: a float column would have lost it


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(ValueError):
        split(Decimal(text))


def test_what_nobody_counted_is_refused():
    with pytest.raises(OverflowError):
        split(Decimal(LARGEST))


def test_rounding_is_told():
    assert is_rounded(Decimal("0.1234567890123456789")) and not is_rounded(Decimal("0.30000000000000004"))
    assert not is_rounded(Decimal("1e10"))
