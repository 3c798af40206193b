"""Use beside need: chance, and ages that two tables have in common."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jsna_desktop.measures.equity import chance_of_difference, common_ages, unserved

COARSE = (0, 5, 20, 40, 65, 75, 85)
YEARS = [(a, a) for a in range(90)] + [(90, 200)]
FIVES = [(a, a + 4) for a in range(0, 90, 5)] + [(90, 200)]


def test_chance_is_that_of_the_chi_square_test() -> None:
    use, need = np.array([30.0, 55, 41, 60]), np.array([400.0, 500, 450, 520])
    known = stats.chisquare(use, use.sum() * need / need.sum())
    assert chance_of_difference(use, need) == pytest.approx(known.pvalue)
    # A group without a number, or in which nobody is in need, tells nothing.
    more = chance_of_difference(np.append(use, [np.nan, 3]), np.append(need, [100, 0]))
    assert more == pytest.approx(known.pvalue)
    assert np.isnan(chance_of_difference(use[:1], need[:1]))
    assert np.isnan(chance_of_difference(np.zeros(3), need[:3]))


def test_where_all_are_served_alike_it_is_unlikely_one_time_in_twenty() -> None:
    rng = np.random.default_rng(4)
    need = np.array([800.0, 1_200, 950, 400, 2_000])
    found = np.array([chance_of_difference(use, need) for use in rng.poisson(0.05 * need, (4_000, 5)).astype(float)])
    assert 0.04 <= (found < 0.05).mean() <= 0.06


def test_nobody_is_unserved_where_the_service_is_the_best() -> None:
    np.testing.assert_allclose(unserved(np.array([10.0, 30]), np.array([100.0, 100]), 0.3), [20, 0])
    np.testing.assert_allclose(unserved(np.array([10.0, 50]), np.array([100.0, 100]), 0.3), [20, 0])


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (YEARS, [(0, 17), (18, 64), (65, 200)], [(0, 17), (18, 64), (65, 200)]),
        (YEARS, FIVES, [(0, 4), (5, 19), (20, 39), (40, 64), (65, 74), (75, 84), (85, 200)]),
        ([(0, 15), (16, 64), (65, 200)], [(0, 17), (18, 64), (65, 200)], [(0, 64), (65, 200)]),
        ([(18, 64), (65, 200)], FIVES, [(65, 200)]),
        ([(0, 17), (65, 200)], YEARS, [(0, 17), (65, 200)]),
        ([(0, 17), (10, 200)], YEARS, []),
    ],
)
def test_ages_that_both_tables_fill(first: list, second: list, found: list) -> None:
    assert common_ages(first, second, COARSE, 8) == found
    assert common_ages(second, first[::-1], COARSE, 8) == found


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(1, 95), min_size=1, max_size=12), st.sets(st.integers(1, 95), min_size=1, max_size=12))
def test_common_ages_are_whole_ranges_of_both_and_leave_nothing_out(one: set[int], other: set[int]) -> None:
    def ranges(cuts: set[int]) -> list[tuple[int, int]]:
        edges = [0, *sorted(cuts), 201]
        return [(a, b - 1) for a, b in pairwise(edges)]

    found = common_ages(ranges(one), ranges(other), COARSE, 100)
    assert [low for low, _ in found] == sorted(({0} | one) & ({0} | other))
    assert found[-1][1] == 200
