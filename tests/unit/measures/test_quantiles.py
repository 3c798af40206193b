"""Groups of as equal a number of areas as can be."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jsna_desktop.measures.quantiles import quantiles


@given(st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=200, unique=True), st.sampled_from([5, 10]))
def test_groups_differ_by_one_area_at_most_and_follow_the_rank(values: list[float], groups: int) -> None:
    value = np.array(values)
    found = quantiles(value, groups)
    assert np.ptp(np.bincount(found, minlength=groups + 1)[1:]) <= 1
    assert (np.diff(found[np.argsort(-value)]) >= 0).all()


def test_what_is_missing_is_in_no_group_and_too_few_make_none() -> None:
    assert quantiles(np.array([5, np.nan, 4, 3, 2, 1]), 5).tolist() == [1, 0, 2, 3, 4, 5]
    assert quantiles(np.array([5.0, 4.0]), 5).tolist() == [0, 0]
