"""The slope of a gap over periods that share deaths."""

import numpy as np
import pytest

from jsna_desktop.measures import gap_trend as trends
from jsna_desktop.measures.gap_trend import gap_trend, shared_covariance


def test_periods_share_the_error_of_the_years_that_they_share() -> None:
    found = shared_covariance(np.array([2015, 2016, 2018]), 3, np.array([0.2, 0.3, 0.4]))
    np.testing.assert_allclose(found, [[0.04, 0.04, 0.0], [0.04, 0.09, 0.04], [0.0, 0.04, 0.16]])


def test_single_years_are_weighted_least_squares() -> None:
    year, se = np.arange(2015, 2025), np.linspace(0.2, 0.6, 10)
    gap = 9 - 0.3 * (year - 2015) + np.sin(year)
    found = gap_trend(year, 1, gap, se)
    slope, _ = np.polyfit(year - 2015.0, gap, 1, w=1 / se)
    assert found.slope == pytest.approx(slope, rel=1e-9)


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        (9 - 0.5 * np.arange(10), trends.NARROWING),
        (9 + 0.5 * np.arange(10), trends.WIDENING),
        (-9 + 0.5 * np.arange(10), trends.NARROWING),  # the other place's gap
        (-9 - 0.5 * np.arange(10), trends.WIDENING),
        (np.full(10, 9.0), trends.NO_CLEAR_CHANGE),
    ],
)
def test_a_gap_narrows_where_its_size_shrinks(gap: np.ndarray, verdict: str) -> None:
    assert gap_trend(np.arange(2015, 2025), 1, gap, np.full(10, 0.3)).verdict == verdict


def test_overlapping_periods_are_not_more_evidence_than_their_years() -> None:
    """As many rolling periods as years, taken as independent, would say too much: here the interval is no narrower."""
    year = np.arange(2015, 2025)
    annual = gap_trend(year, 1, 9 - 0.1 * np.arange(10.0), np.full(10, 0.6))
    rolling = gap_trend(year[:8], 3, 9 - 0.1 * np.arange(8.0), np.full(8, 0.6 / np.sqrt(3)))
    assert rolling.upper - rolling.lower > 0.95 * (annual.upper - annual.lower)


def test_too_few_periods_are_not_tested() -> None:
    for kept in (2, 0):
        gap = np.where(np.arange(8) < kept, 5.0, np.nan)
        assert gap_trend(np.arange(2015, 2023), 3, gap, np.full(8, 0.3)).verdict == trends.NOT_TESTED
    assert gap_trend(np.arange(2015, 2018), 1, np.full(3, 5.0), np.full(3, 0.3)).verdict == trends.NOT_TESTED


def test_periods_with_the_pandemic_are_marked() -> None:
    assert [trends.in_pandemic(year, 3) for year in (2017, 2018, 2021, 2022)] == [False, True, True, False]
