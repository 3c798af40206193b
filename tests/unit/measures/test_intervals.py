import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jsna_desktop.measures.intervals import byar_count, poisson_count, student_mean, wilson


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_wilson_holds_the_proportion_and_stays_within_0_and_1(x: int, extra: int) -> None:
    n = x + extra
    lower, upper = wilson(np.array([x]), np.array([n]))
    assert 0 <= lower[0] <= x / n <= upper[0] <= 1


def test_wilson_solves_its_own_equation() -> None:
    """The limits are the p at which |x/n − p| is z standard errors of p."""
    lower, upper = wilson(np.array([7.0]), np.array([80.0]))
    for p in (lower[0], upper[0]):
        assert abs(7 / 80 - p) / np.sqrt(p * (1 - p) / 80) == pytest.approx(stats.norm.ppf(0.975))


def test_nobody_has_no_interval() -> None:
    lower, upper = wilson(np.array([0.0]), np.array([0.0]))
    assert np.isnan(lower[0])
    assert np.isnan(upper[0])


def test_exact_poisson_limits_have_the_tails_they_should() -> None:
    lower, upper = poisson_count(np.array([6.0]))
    assert stats.poisson.sf(5, lower[0]) == pytest.approx(0.025)
    assert stats.poisson.cdf(6, upper[0]) == pytest.approx(0.025)


def test_below_ten_events_byar_is_exact() -> None:
    counts = np.arange(0.0, 10.0)
    np.testing.assert_array_equal(byar_count(counts), poisson_count(counts))


def test_byar_is_close_to_exact_above_ten() -> None:
    counts = np.array([10.0, 50.0, 400.0])
    for near, exact in zip(byar_count(counts), poisson_count(counts), strict=True):
        np.testing.assert_allclose(near, exact, rtol=0.01)


def test_a_mean_of_one_value_has_no_interval() -> None:
    lower, _ = student_mean(np.array([5.0]), np.array([1.0]), np.array([1.0]))
    assert np.isnan(lower[0])


def test_student_limits_of_a_plain_sample() -> None:
    sample = np.array([4.0, 5.0, 7.0, 9.0, 12.0])
    lower, upper = student_mean(np.array([sample.mean()]), np.array([sample.var(ddof=1)]), np.array([5.0]))
    expected = stats.t.interval(0.95, 4, loc=sample.mean(), scale=stats.sem(sample))
    np.testing.assert_allclose([lower[0], upper[0]], expected)
