"""Recent trend and many tests at once, against simulation and scipy."""

import numpy as np
from scipy import stats

from jsna_desktop.measures.trend import (
    annual,
    benjamini_hochberg,
    by_chance,
    proportion_trend,
    weighted_trend,
    words,
)


def test_the_latest_five_unbroken_annual_points() -> None:
    assert annual(["2019", "2020", "2021", "2022", "2023"]) == [0, 1, 2, 3, 4]
    assert annual(["2023", "2018", "2019", "2022", "2020", "2021"]) == [2, 4, 5, 3, 0]
    assert annual(["2018/19", "2019/20", "2020/21", "2021/22", "2022/23"]) == [0, 1, 2, 3, 4]
    assert annual(["2018", "2019", "2021", "2022", "2023"]) == []
    assert annual(["2019-2021", "2020-2022", "2021-2023", "2022-2024", "2023-2025"]) == []
    assert annual(["2022", "2023"]) == []


def test_no_trend_is_called_one_as_rarely_as_said() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(300, 900, (20_000, 5))
    _, p = proportion_trend(rng.binomial(n, 0.2), n)
    assert 0.04 < np.mean(p < 0.05) < 0.06
    value, se = rng.normal(10, 0.5, (20_000, 5)), 0.5
    _, p = weighted_trend(value, value - 1.959964 * se, value + 1.959964 * se)
    assert 0.045 < np.mean(p < 0.05) < 0.055


def test_the_chi_square_for_trend_is_the_correlation_of_people_and_years() -> None:
    """Armitage's statistic is N times the squared correlation of outcome and year over all people."""
    x, n = np.array([30, 28, 41, 45, 52]), np.array([200, 210, 190, 205, 200])
    year = np.repeat(np.arange(5), n)
    outcome = np.concatenate([np.r_[np.ones(a), np.zeros(b - a)] for a, b in zip(x, n, strict=True)])
    chi = len(year) * np.corrcoef(year, outcome)[0, 1] ** 2
    direction, p = proportion_trend(x, n)
    np.testing.assert_allclose(p, stats.chi2.sf(chi, 1))
    assert direction == 1


def test_the_words_follow_the_polarity_and_need_a_clear_trend() -> None:
    direction, p = np.array([1, 1, -1, 1]), np.array([0.0001, 0.01, 0.0001, np.nan])
    assert words(direction, p, "low good").tolist() == [
        "getting worse",
        "no clear change",
        "getting better",
        "not tested",
    ]
    assert words(direction, p, "none").tolist() == ["increasing", "no clear change", "decreasing", "not tested"]


def test_flat_or_missing_points() -> None:
    direction, p = proportion_trend(np.zeros((1, 5)), np.full((1, 5), 100.0))
    assert words(direction, p, "none").tolist() == ["not tested"]


def test_benjamini_and_hochberg_as_scipy_adjusts() -> None:
    rng = np.random.default_rng(2)
    p = np.concatenate([rng.uniform(0, 1, 90), rng.uniform(0, 0.001, 10)])
    np.testing.assert_array_equal(benjamini_hochberg(p), stats.false_discovery_control(p) <= 0.05)
    assert not benjamini_hochberg(np.array([np.nan, 0.9])).any()
    assert abs(by_chance(40) - 2) < 1e-9
